(function () {
  "use strict";
  var still = window.matchMedia("(prefers-reduced-motion: reduce)");
  function start(root) {
    var frames = JSON.parse(root.querySelector('script[type="application/json"]').textContent);
    var slider = root.querySelector("input");
    var play = root.querySelector("button");
    var parts = {};
    root.querySelectorAll("[data-nnp]").forEach(function (part) { parts[part.dataset.nnp] = part; });
    var last = frames.length - 1;
    var timer = 0;
    function show(number) {
      var frame = frames[number];
      Object.keys(frame).forEach(function (name) {
        Object.keys(frame[name]).forEach(function (key) {
          if (key === "text") { parts[name].textContent = frame[name][key]; }
          else { parts[name].setAttribute(key, frame[name][key]); }
        });
      });
    }
    function stop() {
      window.clearInterval(timer);
      timer = 0;
      play.textContent = "Play";
    }
    function step() {
      if (!root.isConnected || Number(slider.value) >= last) { stop(); return; }
      slider.value = Number(slider.value) + 1;
      show(Number(slider.value));
    }
    slider.addEventListener("input", function () { stop(); show(Number(slider.value)); });
    play.addEventListener("click", function () {
      if (timer) { stop(); return; }
      if (Number(slider.value) >= last) { slider.value = 0; show(0); }
      play.textContent = "Pause";
      timer = window.setInterval(step, 300);
    });
    function heed() { play.hidden = still.matches; if (still.matches) { stop(); } }
    still.addEventListener("change", heed);
    heed();
    window.addEventListener("beforeprint", function () { stop(); show(last); });
    window.addEventListener("afterprint", function () { show(Number(slider.value)); });
    slider.value = last;
    root.querySelector(".nnp-controls").hidden = false;
  }
  document.querySelectorAll("[data-nnp-player]:not([data-nnp-ready])").forEach(function (root) {
    root.setAttribute("data-nnp-ready", "");
    start(root);
  });
})();
