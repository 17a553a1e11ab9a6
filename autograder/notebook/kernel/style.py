"""The style of an answer in a notebook: the page's own colours, so that it fits light and dark.

Jupyter, VS Code and Colab show an output in the page's font and colours; only borders, spaces and
marks are set here, in half-transparent greys. Without it (a notebook that is not trusted) the
answer is as readable, only plainer.
"""

__all__ = ["STYLE"]

STYLE = """
.ag-notebook { max-width: 52em; line-height: 1.45; }
.ag-notebook p { margin: .4em 0; }
.ag-notebook .ag-line { font-size: 1.05em; }
.ag-notebook .ag-check { border-left: 3px solid rgba(128, 128, 128, .45); margin: .8em 0;
  padding: 0 0 0 .9em; }
.ag-notebook .ag-points { margin: 0 0 .5em; }
.ag-notebook .ag-status, .ag-notebook .ag-cause strong { font-weight: 600; }
.ag-notebook dl { display: grid; grid-template-columns: max-content 1fr; gap: .15em .9em;
  margin: .5em 0; }
.ag-notebook dt { font-weight: 400; margin: 0; opacity: .75; white-space: nowrap; }
.ag-notebook dd { margin: 0; overflow-x: auto; }
.ag-notebook pre, .ag-notebook code { background: none; color: inherit; font-size: .93em;
  font-family: ui-monospace, Menlo, Consolas, monospace; padding: 0; }
.ag-notebook pre { background: rgba(128, 128, 128, .12); margin: .4em 0; overflow-x: auto;
  padding: .5em .7em; white-space: pre; }
.ag-notebook .ag-arrays { align-items: flex-start; display: flex; flex-wrap: wrap;
  gap: .3em 2em; margin: .5em 0; }
.ag-notebook table { border: 0; border-collapse: collapse; display: table; margin: .2em 0;
  table-layout: auto; }
.ag-notebook caption { caption-side: top; color: inherit; opacity: .85; padding: .1em 0 .2em;
  text-align: left; white-space: nowrap; }
.ag-notebook table tr, .ag-notebook table th { background: none !important; }
.ag-notebook table tr { border: 0; }
.ag-notebook th, .ag-notebook td { border: 1px solid rgba(128, 128, 128, .35);
  font-variant-numeric: tabular-nums; padding: .15em .55em; text-align: right; }
.ag-notebook thead { border: 0; }
.ag-notebook .ag-array th { border: 0; font-weight: 400; opacity: .6; }
.ag-notebook .ag-array thead td { border: 0; }
.ag-notebook .ag-wrong { background: rgba(214, 69, 65, .18); }
.ag-notebook .ag-parts th, .ag-notebook .ag-parts td { text-align: left; }
.ag-notebook details { margin: .3em 0; }
.ag-notebook summary { cursor: pointer; }
"""
