// Cells that the reader can change and run: Python with SymPy in a worker, from the book's own files.
(() => {
  const base = new URL(".", document.currentScript.src).href;
  const FILES = {
    "pyodide.js": "vendor/python/", "pyodide.asm.js": "vendor/python/", "pyodide.asm.wasm": "vendor/python/",
    "pyodide-lock.json": "vendor/python/", "python_stdlib.zip": "vendor/python/", "sympy.zip": "vendor/python/", "mpmath.zip": "vendor/python/", "relics.zip": "",
  };

  // Runs in the worker. It never asks for anything outside: fetch knows the given files only.
  async function work() {
    const say = (id, kind, text) => postMessage({ id, kind, text });
    const files = {};
    let run;

    async function start(packed) {
      await Promise.all(Object.entries(packed).map(async ([name, text]) => {
        const { body } = await fetch(`data:application/octet-stream;base64,${text}`);
        files[name] = new Uint8Array(await new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
      }));
      self.fetch = async (url) => {
        const name = String(url).split("/").pop();
        if (!files[name]) throw new Error(`${url} is not among the book's files`);
        return new Response(files[name], { headers: { "Content-Type": name.endsWith(".wasm") ? "application/wasm" : "application/zip" } });
      };
      for (const name of ["pyodide.js", "pyodide.asm.js"]) {
        importScripts(URL.createObjectURL(new Blob([files[name]], { type: "text/javascript" })));
      }
      const python = await self.loadPyodide({ indexURL: "https://files.invalid/" });
      say(0, "status", "Importing SymPy …");
      for (const name of ["sympy.zip", "mpmath.zip", "relics.zip"]) {
        python.FS.writeFile(`/lib/${name}`, files[name]);
        delete files[name];
      }
      run = python.runPython(`
import json, sys, zipfile
zipfile.ZipFile("/lib/relics.zip").extractall("/lib/relics")
sys.path[:0] = ["/lib/sympy.zip", "/lib/mpmath.zip", "/lib/relics"]
from relics.book import page_session
page_session.open_proof(json.load(open("/lib/relics/constants.json")))
session = page_session.Session(lambda kind, text: show(kind, text))
def run(given, sources, place):
    global show
    show = given
    session.run(json.loads(sources), place)
run`);
    }

    let ready;
    self.onmessage = async ({ data: { id, packed, sources, place } }) => {
      try {
        if (packed) ready = start(packed);
        await ready;
        run((kind, text) => say(id, kind, text), JSON.stringify(sources), place);
        say(id, "end", "");
      } catch (error) {
        say(id, "broken", String(error.stack ?? error));
      }
    };
  }

  let worker = null;
  let loading = null;
  const running = new Map();

  function load(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${base}${FILES[name]}${name}.b64.js`;
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${script.src} cannot be read`));
      document.head.append(script);
    });
  }

  function heard({ data: { id, kind, text } }) {
    for (const panel of id ? [running.get(id)] : running.values()) panel?.hear(kind, text);
    if (kind === "end") running.delete(id);
    if (kind === "broken") stop("Python has stopped.");
  }

  function stop(why) {
    worker?.terminate();
    worker = null;
    for (const panel of running.values()) panel.stopped(why);
    running.clear();
  }

  let count = 0;
  async function ask(panel, sources, place) {
    const id = ++count;
    running.set(id, panel);
    try {
      loading ??= Promise.all(Object.keys(FILES).map(load));
      await loading;
    } catch (error) {
      loading = null;
      stop(error.message);
    }
    if (!running.has(id)) return;
    const fresh = !worker;
    if (fresh) {
      const url = URL.createObjectURL(new Blob([`(${work})()`], { type: "text/javascript" }));
      worker = new Worker(url);
      worker.onmessage = heard;
      worker.onerror = (event) => { event.preventDefault(); stop(`Python has stopped: ${event.message}`); };
      panel.hear("status", "Starting Python …");
    }
    worker.postMessage({ id, packed: fresh ? self.relicsPython : undefined, sources, place });
  }

  function element(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  class Panel {
    constructor(cells, place) {
      this.cells = cells;
      this.place = place;
      const name = `cell ${place + 1}`;
      const id = `relics-rerun-${place}`;
      this.opener = element("button", { type: "button", "aria-expanded": "false", "aria-controls": id, title: "Run this cell in the page; the code can be changed", "aria-label": `Run here: ${name}` }, "Run here");
      this.code = element("textarea", { spellcheck: "false", autocapitalize: "off", autocomplete: "off", wrap: "off", "aria-label": `Python code of ${name}`, "aria-describedby": `${id}-keys` });
      this.runs = element("button", { type: "button" }, "Run");
      this.stops = element("button", { type: "button", disabled: "" }, "Stop");
      this.resets = element("button", { type: "button" }, "Original code");
      this.status = element("span", { role: "status" });
      this.output = element("div", { class: "output mathjax_process", role: "region", "aria-label": `Result of ${name}`, "aria-live": "polite" });
      this.body = element("div", { id, class: "panel", hidden: "" }, this.code,
        element("div", { class: "bar" }, this.runs, this.stops, this.resets, this.status),
        element("p", { id: `${id}-keys`, class: "keys" }, "Ctrl+Enter or Shift+Enter runs. Earlier cells that are needed run first, with your changes."),
        this.output);
      this.node = element("div", { class: "relics-rerun" }, this.opener, this.body);
      this.opener.addEventListener("click", () => this.toggle());
      this.runs.addEventListener("click", () => this.run());
      this.stops.addEventListener("click", () => stop("Stopped. Python starts anew with the next run."));
      this.resets.addEventListener("click", () => { this.code.value = this.original; this.fit(); });
      this.code.addEventListener("input", () => this.fit());
      this.code.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.shiftKey || event.metaKey)) return;
        event.preventDefault();
        this.run();
      });
    }

    get original() { return this.cells[this.place].original; }

    source() { return this.code.value || this.original; }

    fit() { this.code.rows = this.code.value.split("\n").length + 1; }

    toggle() {
      const opens = this.body.hidden;
      this.body.hidden = !opens;
      this.opener.setAttribute("aria-expanded", String(opens));
      if (opens && !this.code.value) {
        this.code.value = this.original;
        this.fit();
        this.run();
      }
    }

    run() {
      if (this.busy) return;
      this.busy = true;
      this.runs.disabled = true;
      this.stops.disabled = false;
      this.output.replaceChildren();
      this.hear("status", running.size ? "Waiting for another cell …" : worker ? "Running …" : "Loading Python from the book's files …");
      ask(this, this.cells.map(({ original, panel }) => panel?.source() ?? original), this.place);
    }

    hear(kind, text) {
      if (kind === "status") this.status.textContent = text;
      else if (kind === "end") this.finish();
      else if (kind === "broken") this.print(text, "error");
      else if (kind === "latex") this.output.append(element("div", { class: "formula" }, `\\[${text}\\]`));
      else if (kind === "html") this.output.append(this.card(text));
      else if (kind === "note") this.output.append(element("p", { class: "keys" }, text));
      else this.print(text, kind);
      if (kind === "error") this.status.textContent = "An error.";
    }

    print(text, kind) {
      const last = this.output.lastElementChild;
      if (last?.matches(`pre.${kind}`)) last.textContent += text;
      else this.output.append(element("pre", { class: kind }, text));
    }

    // The page has the chapter's card already; its anchors stay with that one.
    card(html) {
      const node = element("div");
      node.innerHTML = html;
      node.querySelectorAll(".relics-permalink").forEach((link) => link.remove());
      node.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
      node.querySelectorAll("a[href^='#']").forEach((link) => {
        if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) link.replaceWith(...link.childNodes);
      });
      node.querySelector(".relics-card")?.setAttribute("aria-label", "Certificate made in this page");
      return node;
    }

    stopped(why) {
      this.finish();
      this.status.textContent = why;
    }

    finish() {
      this.busy = false;
      this.runs.disabled = false;
      this.stops.disabled = true;
      if (!this.output.childElementCount) this.output.append(element("p", { class: "keys" }, "No output."));
      if (self.MathJax?.startup) MathJax.startup.promise.then(() => MathJax.typesetPromise([this.output]));
    }
  }

  function ready() {
    const data = JSON.parse(document.getElementById("relics-cells")?.textContent ?? "null");
    const blocks = [...document.querySelectorAll("div.cell > div.cell_input, details div.cell_input")];
    const inputs = [...new Set(blocks)].map((block) => [block, block.querySelector("pre")]);
    if (!data || inputs.length !== data.cells || !self.Worker || !self.DecompressionStream) return;
    const cells = inputs.map(([, pre]) => ({ original: pre.textContent.trimEnd() }));
    for (const place of data.offered) {
      cells[place].panel = new Panel(cells, place);
      inputs[place][0].after(cells[place].panel.node);
    }
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready);
  else ready();
})();
