// Filters of the ledger tables, copies of sources, keyboard access to wide equations, broad figures and long lines on narrow screens, names for the theme's buttons, open details on paper.
(() => {
  const normal = (text) => text.toLowerCase().replace(/\s+/g, " ").trim();

  function filter(table) {
    const form = document.querySelector(`form[data-filters="${table.id}"]`);
    if (!form) return;
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => normal(row.dataset.text ?? row.textContent));
    const search = form.querySelector("input");
    const selects = [...form.querySelectorAll("select")];
    const output = form.querySelector("output");
    function apply() {
      const words = normal(search.value).split(" ").filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        const visible = words.every((word) => texts[i].includes(word))
          && selects.every((select) => !select.value || row.dataset[select.name] === select.value);
        row.hidden = !visible;
        shown += visible;
      });
      output.textContent = `${shown} of ${rows.length}`;
    }
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("hashchange", () => reveal(table, form, apply));
    form.hidden = false;
    apply();
  }

  // A link to an entry must find it even when a filter hides it.
  function reveal(table, form, apply) {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || !table.contains(target) || !target.hidden) return;
    form.reset();
    apply();
    target.scrollIntoView();
  }

  // Pages opened from disk may lack a clipboard of their own, or may not be allowed to write to it.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const before = document.activeElement;
      const area = document.createElement("textarea");
      area.value = text;
      area.readOnly = true;
      area.className = "relics-clipboard";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      before?.focus({preventScroll: true});
      return done;
    }
  }

  function copies(box) {
    const card = box.closest(".relics-card");
    const output = box.querySelector("output");
    let cleared;
    box.addEventListener("click", async ({target}) => {
      const kind = target.dataset.copies;
      if (!kind) return;
      const source = card.querySelector(`pre[data-source="${kind}"]`).textContent;
      clearTimeout(cleared);
      output.textContent = "";
      const done = await copy(source);
      // A live region speaks when its text changes, also the second time.
      setTimeout(() => { output.textContent = done ? `${kind} copied` : `Not copied: open the ${kind} below and select it`; }, 50);
      cleared = setTimeout(() => { output.textContent = ""; }, 6000);
    });
    box.hidden = false;
  }

  // What scrolls sideways must be reachable by keyboard.
  function scrollable() {
    for (const box of document.querySelectorAll("div.math, mjx-container[display='true'], .relics-scroll, .relics-figure, .relics-glass-table, .relics-card pre, div.highlight pre")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  // What a cell prints is broken to the width of the page, with later parts of a line set in.
  function hanging(block) {
    if ([...block.children].some((child) => child.textContent)) return;
    const lines = block.textContent.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    block.replaceChildren(...lines.map((text) => {
      const line = document.createElement("span");
      line.className = "relics-line";
      line.textContent = text;
      return line;
    }));
  }

  // Panels side by side cannot be read at the width of a telephone.
  function broad(image) {
    if (!image.complete) image.addEventListener("load", () => broad(image), {once: true});
    else image.classList.toggle("relics-broad", image.naturalWidth > 1.7 * image.naturalHeight);
  }

  function ready() {
    // Sphinx makes the bibliography a list without items.
    document.querySelectorAll(".citation-list[role=list] > .citation").forEach((entry) => entry.setAttribute("role", "listitem"));
    // The theme folds the contents by a button without a name.
    document.querySelectorAll(".bd-sidebar summary:not([aria-label])").forEach((summary) => {
      const page = summary.closest("li")?.querySelector("a")?.textContent.trim() ?? "";
      summary.setAttribute("aria-label", `Pages below ${page}`);
    });
    document.querySelectorAll("table.relics-ledger").forEach(filter);
    document.querySelectorAll(".relics-copies").forEach(copies);
    document.querySelectorAll(".relics-figure > img").forEach(broad);
    document.querySelectorAll("div.cell_output div.highlight pre").forEach(hanging);
    scrollable();
    addEventListener("resize", scrollable);
    addEventListener("load", () => setTimeout(scrollable, 800));
    addEventListener("beforeprint", () => {
      for (const box of document.querySelectorAll(".relics-card details:not(.relics-sources), .relics-figure details")) box.open = true;
    });
  }
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready);
  else ready();
})();
