// The graph of derivations: choose an entry, see what it rests on and what falls with it.
(() => {
  const link = (href, text) => Object.assign(document.createElement("a"), { href, textContent: text });

  /** All that is reached from `start` along `next`, itself left out. */
  function reached(start, next) {
    const found = new Set();
    const stack = [...(next.get(start) ?? [])];
    while (stack.length) {
      const other = stack.pop();
      if (found.has(other)) continue;
      found.add(other);
      stack.push(...(next.get(other) ?? []));
    }
    found.delete(start);
    return found;
  }

  function start(root) {
    const { equations, assumptions } = JSON.parse(root.querySelector("script.data").textContent);
    const premises = new Map(Object.entries(equations).map(([id, e]) => [id, e.premises]));
    const carries = new Map();
    for (const [id, needed] of premises) for (const p of needed) carries.set(p, [...(carries.get(p) ?? []), id]);
    const nodes = new Map([...root.querySelectorAll("g.entry")].map((node) => [node.dataset.entry, node]));
    const steps = [...root.querySelectorAll(".steps path")];
    const panel = root.querySelector(".panel");
    const form = root.querySelector("form");
    const input = form.querySelector("input");
    const place = (id) => {
      const [x, y] = nodes.get(id).getAttribute("transform").match(/[\d.]+/g).map(Number);
      return { x, y };
    };
    let chosen = null;
    let focused = nodes.keys().next().value;

    function button(id) {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = id;
      made.addEventListener("click", () => choose(id, true));
      return made;
    }

    function list(title, ids) {
      if (!ids.length) return [];
      const head = document.createElement("p");
      head.textContent = title;
      const items = document.createElement("div");
      items.className = "entries";
      items.append(...ids.map(button));
      return [head, items];
    }

    function describe(id, below, above) {
      const entry = equations[id];
      const title = document.createElement("p");
      title.className = "title";
      const strong = Object.assign(document.createElement("strong"), { textContent: id });
      title.append(strong, ` ${entry ? entry.meaning : assumptions[id]}`);
      const parts = [title];
      if (entry) {
        const formula = document.createElement("div");
        const body = entry.latex.includes("\\\\") && !entry.latex.includes("\\begin{") ? `\\begin{split}${entry.latex}\\end{split}` : entry.latex;
        formula.textContent = `\\[${body}\\]`;
        const where = document.createElement("p");
        where.append(`${entry.part}; ${entry.state}. `, link(`equations.html#${entry.ledger}`, "Entry in the ledger"));
        if (entry.chapter) where.append(", ", link(`../../${entry.chapter}.html#${id}`, "derivation"));
        parts.push(formula, where);
      }
      const direct = entry ? entry.premises : [];
      parts.push(...list("Derived from", direct));
      const deeper = [...below].filter((i) => !direct.includes(i));
      parts.push(...list(`Rests further on ${deeper.length}`, deeper));
      const used = [...above];
      parts.push(...list(`If it failed, ${used.length} would fall with it`, used));
      if (!used.length) parts.push(Object.assign(document.createElement("p"), { textContent: "Nothing else rests on it." }));
      panel.replaceChildren(...parts);
      globalThis.MathJax?.typesetPromise?.([panel]);
    }

    function choose(id, move) {
      if (!(id in equations) && !(id in assumptions)) return false;
      chosen = id;
      const below = reached(id, premises);
      const above = reached(id, carries);
      root.classList.add("chosen");
      for (const [name, node] of nodes) {
        node.classList.toggle("self", name === id);
        node.classList.toggle("below", below.has(name));
        node.classList.toggle("above", above.has(name));
        const role = name === id ? ", chosen" : below.has(name) ? ", rests below" : above.has(name) ? ", falls with it" : "";
        node.setAttribute("aria-label", `${name}, ${equations[name].state}${role}`);
        node.setAttribute("aria-pressed", String(name === id));
      }
      for (const path of steps) {
        const { from, to } = path.dataset;
        path.classList.toggle("below", (below.has(from)) && (to === id || below.has(to)));
        path.classList.toggle("above", (from === id || above.has(from)) && above.has(to));
      }
      describe(id, below, above);
      input.value = id;
      if (move && nodes.has(id)) focus(id);
      return true;
    }

    function clear() {
      chosen = null;
      root.classList.remove("chosen");
      for (const [name, node] of nodes) {
        node.classList.remove("self", "below", "above");
        node.setAttribute("aria-label", `${name}, ${equations[name].state}`);
        node.setAttribute("aria-pressed", "false");
      }
      for (const path of steps) path.classList.remove("below", "above");
      panel.replaceChildren();
      input.value = "";
    }

    function focus(id) {
      nodes.get(focused).setAttribute("tabindex", "-1");
      focused = id;
      const node = nodes.get(id);
      node.setAttribute("tabindex", "0");
      node.focus({ preventScroll: true });
      const stage = root.querySelector(".stage");
      const { x, y } = place(id);
      stage.scrollLeft = Math.max(0, x - stage.clientWidth / 2);
      stage.scrollTop = Math.max(0, y - stage.clientHeight / 2);
    }

    /** The entry that an arrow leads to: along a step sideways, to the neighbour in the column upright. */
    function neighbour(id, key) {
      const from = place(id);
      const near = (ids) => ids.filter((i) => nodes.has(i)).sort((a, b) => Math.abs(place(a).y - from.y) - Math.abs(place(b).y - from.y))[0];
      if (key === "ArrowLeft") return near(premises.get(id) ?? []);
      if (key === "ArrowRight") return near(carries.get(id) ?? []);
      const column = [...nodes.keys()].filter((i) => place(i).x === from.x && (key === "ArrowUp" ? place(i).y < from.y : place(i).y > from.y));
      return near(column);
    }

    root.querySelector("svg").addEventListener("click", (event) => {
      const node = event.target.closest("g.entry");
      if (node) choose(node.dataset.entry, true);
    });
    root.querySelector("svg").addEventListener("keydown", (event) => {
      const node = event.target.closest("g.entry");
      if (!node) return;
      const id = node.dataset.entry;
      if (event.key === "Enter" || event.key === " ") choose(id, true);
      else if (event.key === "Escape") clear();
      else if (event.key.startsWith("Arrow")) {
        const next = neighbour(id, event.key);
        if (next) focus(next);
      } else return;
      event.preventDefault();
    });
    form.addEventListener("submit", (event) => { event.preventDefault(); choose(input.value.trim(), false); });
    input.addEventListener("input", () => choose(input.value.trim(), false));
    form.addEventListener("reset", (event) => { event.preventDefault(); clear(); });
    for (const made of document.querySelectorAll("article button[data-entry]")) {
      made.addEventListener("click", () => { choose(made.dataset.entry, true); root.scrollIntoView(); });
    }
    const fromAddress = () => {
      const id = decodeURIComponent(location.hash.replace(/^#node-/, ""));
      if (location.hash.startsWith("#node-") && choose(id, true)) root.scrollIntoView();
    };
    nodes.get(focused).setAttribute("tabindex", "0");
    addEventListener("hashchange", fromAddress);
    fromAddress();
  }

  const ready = () => document.querySelectorAll(".relics-derivations").forEach(start);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready);
  else ready();
})();
