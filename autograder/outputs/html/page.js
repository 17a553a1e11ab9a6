"use strict";
(() => {
  const all = (selector) => Array.from(document.querySelectorAll(selector));

  // What is not finished is read again, as long as someone may still be writing it.
  const GRADING_TAKES_SECONDS = 150;
  if (document.documentElement.dataset.finished === "no") {
    const age = (Date.now() - Date.parse(document.lastModified)) / 1000;
    if (age < GRADING_TAKES_SECONDS) {
      document.getElementById("reloading").hidden = false;
      setTimeout(() => location.reload(), 2000);
    }
  }

  // What is written at each save is read again while its reader types elsewhere: never under the
  // hands of someone who reads it, and no longer than an evening after the last save.
  const EVENING_SECONDS = 4 * 3600;
  const KEPT = "report-is-read-so";
  const summaryOf = (details) => details.querySelector("summary").textContent;
  const readAgain = () => {
    const open = all("details[open]").map(summaryOf);
    try { sessionStorage.setItem(KEPT, JSON.stringify({ at: scrollY, open })); } catch { /* none */ }
    location.reload();
  };
  let kept = null;
  if ("watched" in document.documentElement.dataset) {
    try {
      kept = JSON.parse(sessionStorage.getItem(KEPT));
      sessionStorage.removeItem(KEPT);
    } catch { /* nothing is kept: the page begins at its top */ }
    if (kept) {
      all("details").forEach((details) => { details.open = kept.open.includes(summaryOf(details)); });
      scrollTo(0, kept.at);
    }
    const age = (Date.now() - Date.parse(document.lastModified)) / 1000;
    setInterval(() => {
      if (!document.hidden && !document.hasFocus() && age < EVENING_SECONDS) {
        readAgain();
      }
    }, 2000);
    document.addEventListener("visibilitychange", () => document.hidden || readAgain());
  }

  // A link to something folded opens it.
  const openTarget = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      target.scrollIntoView();
      target.querySelector("summary").focus({ preventScroll: true });
    }
  };
  addEventListener("hashchange", openTarget);
  if (!kept) {
    openTarget();
  }

  const folded = all("details");
  const button = document.getElementById("open-all");
  if (button && folded.length > 1) {
    const tell = () => {
      const isOpen = folded.every((details) => details.open);
      button.textContent = isOpen ? "Close everything" : "Open everything";
      return isOpen;
    };
    button.hidden = false;
    tell();
    folded.forEach((details) => details.addEventListener("toggle", tell));
    button.addEventListener("click", () => {
      const isOpen = tell();
      folded.forEach((details) => { details.open = !isOpen; });
    });
  }

  // Paper has nothing to press: all but the list of what passed is open on it.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = folded.filter((details) => !details.open && !details.classList.contains("passed"));
    closed.forEach((details) => { details.open = true; });
  });
  addEventListener("afterprint", () => {
    closed.forEach((details) => { details.open = false; });
  });

  // What scrolls sideways can be reached with the keyboard.
  const reach = () => all(".ag-side, .ag-arrays").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", "numbers, to be scrolled sideways");
    }
  });
  reach();
  folded.forEach((details) => details.addEventListener("toggle", reach));
  addEventListener("resize", reach);

  // Code to run: one press copies it, where the browser lets a page do that.
  if (navigator.clipboard) {
    all("pre.ag-code").forEach((code) => {
      const copy = document.createElement("button");
      copy.type = "button";
      copy.className = "copy";
      copy.textContent = "Copy";
      copy.addEventListener("click", () => {
        navigator.clipboard.writeText(code.textContent).then(
          () => { copy.textContent = "Copied"; },
          () => { getSelection().selectAllChildren(code); copy.textContent = "Press Ctrl+C"; },
        );
      });
      code.before(copy);
    });
  }
})();
