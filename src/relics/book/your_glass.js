// The form of "Your glass". Shares the functions of explorer.js, which stands before it.

const FIELDS = ["T_g", "T_D", "density", "sound_speed"];
const STEP = 0.05;

function clenshaw(coefficients, t) {
  let [b1, b2] = [0, 0];
  for (let i = coefficients.length - 1; i > 0; i -= 1) [b1, b2] = [coefficients[i] + 2 * t * b1 - b2, b1];
  return coefficients[0] + t * b1 - b2;
}

/** Chebyshev series in any number of variables; the first index belongs to the first variable. */
function series(coefficients, ts) {
  if (!ts.length) return coefficients;
  const inner = ts.length > 1 ? coefficients.map((row) => series(row, ts.slice(1))) : coefficients;
  return clenshaw(inner, ts[0]);
}

/** One end of a prediction at the five constants, null outside its table. */
export function evaluate(end, constants) {
  const logs = constants.map(Math.log);
  const dot = (row) => row.reduce((sum, w, i) => sum + w * logs[i], 0);
  const ts = end.combinations.map((row, i) => {
    const [low, high] = end.ranges[i];
    return (2 * dot(row) - low - high) / (high - low);
  });
  if (ts.some((t) => !(Math.abs(t) <= 1 + 1e-12))) return null;
  return end.sign * Math.exp(dot(end.exponents) + series(end.coefficients, ts));
}

/** T_g, T_D, density, speed of sound and bead size; the last from the Debye sphere if not given. */
export function constants(glass, bead) {
  const derived = (bead * glass.sound_speed) / glass.T_D;
  return [...FIELDS.map((key) => glass[key]), glass.bead_size ?? derived];
}

/** Value (or both ends) and propagated uncertainty of one prediction, as the package computes them. */
export function predict(tables, quantity, glass) {
  const at = (changed) => quantity.ends.map((end) => evaluate(end, constants({ ...glass, ...changed }, tables.bead)));
  const value = at({});
  if (value.includes(null)) return { value: null, uncertainty: 0 };
  let variance = 0;
  for (const [key, sigma] of Object.entries(glass.uncertainties ?? {})) {
    const given = glass[key];
    if (!sigma || given === null || given === undefined) continue;
    const step = Math.min(sigma, STEP * given);
    const sides = [-step, step].map((shift) => {
      const values = at({ [key]: given + shift });
      return values.includes(null) ? [0, value] : [shift, values];
    });
    const [[low, down], [high, up]] = sides;
    if (high <= low) continue;
    const rise = up.reduce((sum, v, i) => sum + v - down[i], 0) / up.length;
    variance += ((rise / (high - low)) * sigma) ** 2;
  }
  value.sort((a, b) => a - b);
  return { value: value.length > 1 ? value : value[0], uncertainty: Math.sqrt(variance) };
}

const ends = (value) => (Array.isArray(value) ? value : [value]);
const middle = (value) => {
  const [low, high] = [ends(value)[0], ends(value).at(-1)];
  return low * high > 0 ? Math.sign(low) * Math.sqrt(low * high) : (low + high) / 2;
};

const GROUPS = { liquid: "The liquid", centres: "Tunnelling centres", ripplons: "Ripplons, boson peak, plateau",
  quantum: "Beyond the semiclassical picture", rivals: "Rivals and electrodynamics", excitations: "Quasilocalised excitations",
  wells: "Double wells and soft modes", simulation: "Glasses made in the computer" };

function unitText(unit) {
  return unit === "1" ? "" : unit.replace(/\^(-?\d+)/g, (_, n) => [...n].map((c) => SUPERSCRIPT[c]).join(""));
}

const SUBSCRIPT = { "-": "₋", "+": "₊", 0: "₀", 1: "₁", 2: "₂", 3: "₃", 4: "₄", 5: "₅", 6: "₆", 7: "₇", 8: "₈", 9: "₉",
  a: "ₐ", e: "ₑ", h: "ₕ", i: "ᵢ", j: "ⱼ", k: "ₖ", l: "ₗ", m: "ₘ", n: "ₙ", o: "ₒ", p: "ₚ", r: "ᵣ", s: "ₛ", t: "ₜ", u: "ᵤ", v: "ᵥ", x: "ₓ" };

/** The name of a glass with the indices of a chemical formula, As2S3 or Na2O-2SiO2. */
export function formula(name) {
  if (!/^[-\d]*(?:\(?[A-Z][a-z]?\d*\)?\d*)+(?:-\d*(?:[A-Z][a-z]?\d*)+)*$/.test(name)) return name;
  return name.replace(/(?<=[A-Za-z)])\d+/g, (n) => [...n].map((c) => SUBSCRIPT[c]).join("")).replaceAll("-", "·");
}

/** What the names of predictions abbreviate, before `written` sees them. */
const spelled = (text) => text.replace(/(?<!\p{L})Pbar(?!\p{L})/gu, "P\u0304").replace(/\b1e(\d+)\b/g, "10^$1");

/** The same without markup, for an option of a list: letters that have no index stay behind their letter. */
export function unmarked(raw) {
  const low = (script) => [...script].map((c) => SUBSCRIPT[c] ?? c).join("");
  return spelled(raw)
    .replace(SPELLED, (word) => GREEK[word])
    .replace(/\^(-?\d+)/g, (_, n) => [...n].map((c) => SUPERSCRIPT[c]).join(""))
    .replace(/_\{?([\p{L}\p{N}]+)\}?/gu, (_, script) => low(script));
}

function shown({ value, uncertainty }, unit) {
  if (value === null) return "no value here";
  const tail = unit === "1" ? "" : ` ${unitText(unit)}`;
  if (Array.isArray(value)) return `${format(value[0], 3)} to ${format(value[1], 3)}${tail}`;
  const relative = Math.abs(uncertainty / value);
  return `${format(value, 4)}${relative > 1e-9 ? ` ± ${format(uncertainty, 2)}` : ""}${tail}`;
}

function fraction(x) {
  for (const d of [1, 2, 3, 4, 6, 12]) {
    const n = Math.round(x * d);
    if (Math.abs(x * d - n) < 1e-6) return minus(d === 1 ? String(n) : `${n}/${d}`);
  }
  return format(x, 3);
}

/** A product of powers, T_g^{1/2} and so on, as nodes. */
function powers(parent, exponents, symbols) {
  let empty = true;
  exponents.forEach((x, i) => {
    if (Math.abs(x) < 1e-9) return;
    if (!empty) parent.append(" ");
    const [letter, low] = symbols[i].split("_");
    const node = element(parent, "i", {}, letter);
    if (low) element(node, "sub", {}, low);
    if (Math.abs(x - 1) > 1e-9) element(parent, "sup", {}, fraction(x));
    empty = false;
  });
  return !empty;
}

/** A combination as a quotient, T_g/T_D and so on. */
function quotient(parent, exponents, symbols) {
  if (!powers(parent, exponents.map((x) => Math.max(x, 0)), symbols)) parent.append("1");
  if (!exponents.some((x) => x < -1e-9)) return;
  parent.append("/");
  const several = exponents.filter((x) => x < -1e-9).length > 1;
  if (several) parent.append("(");
  powers(parent, exponents.map((x) => Math.max(-x, 0)), symbols);
  if (several) parent.append(")");
}

function dependence(parent, end, symbols) {
  const some = end.exponents.some((x) => Math.abs(x) > 1e-9);
  if (!some && !end.combinations.length) { parent.append("the same for every glass"); return; }
  parent.append("∝ ");
  powers(parent, end.exponents, symbols);
  end.combinations.forEach((row, i) => {
    parent.append(i ? ", " : some ? " f(" : "f(");
    quotient(parent, row, symbols);
  });
  if (end.combinations.length) parent.append(")");
}

const LINE = 15;

/** Lines in which the label of an axis fits a length, in pixels. */
function broken(svg, text, room) {
  const size = (line) => {
    const probe = written(svg, "text", { class: "label" }, line);
    const long = probe.getComputedTextLength();
    probe.remove();
    return long;
  };
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && size(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function renderGlass({ model, el }) {
  instances += 1;
  const name = `relics-glass-${instances}`;
  const tables = model.get("tables");
  const inBook = Boolean(document.querySelector(".bd-main"));
  const root = element(el, "section", { class: "relics-explorer relics-glass", "aria-label": "Your glass" });
  let glass = structuredClone(model.get("glass"));
  let rows = [];
  let checked = null;

  // The form.
  const form = element(root, "form", { class: "relics-glass-form", "aria-label": "Constants of the glass" });
  const pick = element(element(form, "label", { class: "relics-glass-pick" }, "start from "), "select", { name: "glass" });
  for (const g of tables.catalogue) element(pick, "option", { value: g.name }, formula(g.name));
  element(pick, "option", { value: "" }, "your own numbers");
  const fields = {};
  for (const { key, name: title, unit, range } of tables.inputs) {
    const row = element(form, "div", { class: "relics-glass-input" });
    const id = `${name}-${key}`;
    written(row, "label", { for: id }, title);
    const scale = key === "bead_size" ? 1e10 : 1;
    const common = { type: "number", step: "any", autocomplete: "off", inputmode: "decimal" };
    const value = element(row, "input", { ...common, id, name: key, min: range[0] * scale, max: range[1] * scale });
    const sigma = element(row, "input", { ...common, name: `${key}-uncertainty`, min: 0, "aria-label": `uncertainty of ${unmarked(title)}`, placeholder: "0" });
    row.insertBefore(element(row, "span", { "aria-hidden": "true" }, "±"), sigma);
    element(row, "span", {}, scale === 1 ? unitText(unit) : "Å");
    if (key !== "bead_size") value.required = true;
    fields[key] = { value, sigma, scale, title, range, unit: scale === 1 ? unitText(unit) : "Å" };
  }
  const message = element(form, "p", { class: "relics-glass-message", role: "status" });

  function fill() {
    pick.value = tables.catalogue.some((g) => g.name === glass.name) ? glass.name : "";
    for (const [key, { value, sigma, scale }] of Object.entries(fields)) {
      const number = (x) => (x ? String(Number((x * scale).toPrecision(6))) : "");
      value.value = number(glass[key]);
      sigma.value = number(glass.uncertainties?.[key]);
    }
  }

  /** What is typed, or null with the reason shown. */
  function read() {
    const out = { name: pick.value || "your glass", uncertainties: {} };
    for (const [key, { value, sigma, scale, title, range, unit }] of Object.entries(fields)) {
      const [x, s] = [value.valueAsNumber / scale, sigma.value === "" ? 0 : sigma.valueAsNumber / scale];
      const wrong = (why, node) => { node.setAttribute("aria-invalid", "true"); message.textContent = `${unmarked(title)}: ${why}`; return null; };
      value.removeAttribute("aria-invalid");
      sigma.removeAttribute("aria-invalid");
      if (value.value === "" && key === "bead_size" && !value.validity.badInput) { out[key] = null; continue; }
      if (!(x >= range[0] && x <= range[1])) return wrong(`a number from ${format(range[0] * scale)} to ${format(range[1] * scale)} ${unit} is accepted`, value);
      if (!(s >= 0 && s < x)) return wrong("the uncertainty is a number from 0 to the value itself", sigma);
      out[key] = x;
      if (s) out.uncertainties[key] = s;
    }
    message.textContent = "";
    return out;
  }

  // The plot.
  const choices = element(root, "div", { class: "relics-glass-axes" });
  const axis = (label, start) => {
    const select = element(element(choices, "label", {}, `${label} `), "select", { name: `${label} axis` });
    const inputs = element(select, "optgroup", { label: "constants" });
    for (const { key, name: title } of tables.inputs.slice(0, 4)) element(inputs, "option", { value: key }, unmarked(title));
    for (const part of [...new Set(tables.quantities.map((q) => q.part))]) {
      const group = element(select, "optgroup", { label: GROUPS[part] ?? part });
      for (const q of tables.quantities.filter((q) => q.part === part)) element(group, "option", { value: q.key }, unmarked(q.name));
    }
    if ([...select.options].some((option) => option.value === start)) select.value = start;
    select.addEventListener("input", drawPlot);
    return select;
  };
  const yAxis = axis("plot", "plateau_conductivity");
  const xAxis = axis("against", "T_g");
  const stage = element(root, "div", { class: "relics-explorer-stage" });
  const catalogue = tables.catalogue.map((g) => ({
    glass: g, rows: new Map(tables.quantities.map((q) => [q.key, predict(tables, q, g)])),
  }));

  function point(of, key) {
    const input = tables.inputs.find((i) => i.key === key);
    if (input) return { value: of.glass[key], uncertainty: of.glass.uncertainties?.[key] ?? 0 };
    return of.rows.get(key);
  }
  const labelOf = (key) => {
    const found = tables.inputs.find((i) => i.key === key) ?? tables.quantities.find((q) => q.key === key);
    return spelled(found.name) + (found.unit === "1" ? "" : ` (${unitText(found.unit).replaceAll(" ", "\u00a0")})`);
  };

  function drawPlot() {
    const width = Math.max(260, Math.min(stage.clientWidth || 640, 860));
    const height = Math.round(Math.max(290, Math.min(0.55 * width, 430)));
    const mine = { glass, rows: new Map(rows.map((r) => [r.key, r])), mine: true };
    const all = [...catalogue.filter((c) => c.glass.name !== glass.name), mine]
      .map((of) => ({ of, x: point(of, xAxis.value), y: point(of, yAxis.value) }))
      .filter(({ x, y }) => x.value !== null && y.value !== null && middle(x.value) && middle(y.value));
    const signs = (axis) => Math.min(...all.flatMap((p) => ends(p[axis].value)));
    const log = { x: signs("x") > 0, y: signs("y") > 0 };
    stage.replaceChildren();
    if (!all.length) { element(stage, "p", {}, "No glass has a value here."); return; }
    const range = { x: span(all.flatMap((p) => ends(p.x.value)), log.x), y: span(all.flatMap((p) => ends(p.y.value)), log.y) };
    const ticks = (axis, count) => (log[axis] ? logTicks : linearTicks)(...range[axis], count);
    const yTicks = ticks("y", Math.floor(height / 55));
    const svg = element(stage, "svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": `${name}-alt` });
    element(svg, "title", { id: `${name}-alt` }, `${unmarked(labelOf(yAxis.value))} against ${unmarked(labelOf(xAxis.value))} for ${all.length} glasses; ${formula(glass.name)} is marked by a diamond.`);
    const digits = 36 + 7.2 * Math.max(...yTicks.major.map((t) => t.text.length), 1);
    const top = yTicks.factor ? 24 : 12;
    const xLines = broken(svg, labelOf(xAxis.value), width - digits - 16);
    const yLines = broken(svg, labelOf(yAxis.value), height - top - 46 - LINE * (xLines.length - 1));
    const box = { left: digits + LINE * (yLines.length - 1), right: width - 16, top, bottom: height - 46 - LINE * (xLines.length - 1) };
    const xTicks = ticks("x", Math.floor((box.right - box.left) / 80));
    const place = (axis, from, to) => {
      const [low, high] = range[axis];
      return (v) => from + (to - from) * (log[axis] ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low));
    };
    const [X, Y] = [place("x", box.left, box.right), place("y", box.bottom, box.top)];
    const grid = element(svg, "g", { class: "grid" });
    const axes = element(svg, "g", { class: "axes" });
    for (const { value, text } of xTicks.major) {
      element(grid, "line", { x1: X(value), x2: X(value), y1: box.top, y2: box.bottom });
      element(axes, "text", { x: X(value), y: box.bottom + 19, "text-anchor": "middle" }, text);
    }
    for (const { value, text } of yTicks.major) {
      element(grid, "line", { x1: box.left, x2: box.right, y1: Y(value), y2: Y(value) });
      element(axes, "text", { x: box.left - 9, y: Y(value) + 4, "text-anchor": "end" }, text);
    }
    element(axes, "path", { d: `M${box.left} ${box.top}V${box.bottom}H${box.right}`, fill: "none" });
    if (yTicks.factor) element(axes, "text", { x: box.left, y: 14 }, yTicks.factor);
    if (xTicks.factor) element(axes, "text", { x: box.right, y: box.bottom + 36, "text-anchor": "end" }, xTicks.factor);
    const label = { "text-anchor": "middle", class: "label" };
    xLines.forEach((line, i) => {
      written(axes, "text", { ...label, x: (box.left + box.right) / 2, y: height - 8 - LINE * (xLines.length - 1 - i) }, line);
    });
    const centre = (box.top + box.bottom) / 2;
    yLines.forEach((line, i) => {
      written(axes, "text", { ...label, x: 13 + LINE * i, y: centre, transform: `rotate(-90 ${13 + LINE * i} ${centre})` }, line);
    });
    if (!all.some((p) => p.of.mine)) element(stage, "p", {}, `${formula(glass.name)}: no value on these axes`);
    const taken = all.map(({ x, y }) => ({ x: X(middle(x.value)) - 5, y: Y(middle(y.value)) - 5, w: 10, h: 10 }));
    for (const { of, x, y } of all) {
      const colour = of.mine ? "relics-c1" : "relics-c0";
      const group = element(svg, "g", { class: of.mine ? "mine" : "" });
      element(group, "title", {}, `${formula(of.glass.name)}: ${shown(x, "1")}; ${shown(y, "1")}`);
      const [px, py] = [X(middle(x.value)), Y(middle(y.value))];
      const bar = (p, axis, at) => {
        const [low, high] = Array.isArray(p.value) ? p.value : [p.value - p.uncertainty, p.value + p.uncertainty];
        if (!(high > low)) return;
        const [a, b] = [low, high].map((v) => (log[axis] && v <= 0 ? range[axis][0] : v));
        const line = axis === "y" ? { x1: at, x2: at, y1: Y(a), y2: Y(b) } : { x1: X(a), x2: X(b), y1: at, y2: at };
        element(group, "line", { ...line, class: `line ${colour}`, "stroke-width": 1.4 });
      };
      bar(y, "y", px);
      bar(x, "x", py);
      symbol(group, of.mine ? "diamond" : "circle", px, py, { class: `mark ${colour}` });
      const text = element(group, "text", {}, formula(of.glass.name));
      const w = text.getComputedTextLength();
      const sides = [[8, -4], [8, 12], [-8 - w, -4], [-8 - w, 12], [-w / 2, -10], [-w / 2, 19], [8, -16], [-8 - w, -16], [8, 24], [-8 - w, 24]];
      const spots = sides.map(([dx, dy]) => ({ x: px + dx, y: py + dy - 10, w, h: 12 }));
      const inside = (s) => s.x >= box.left && s.x + s.w <= width - 2 && s.y >= 0 && s.y + s.h <= box.bottom;
      const free = (s) => !taken.some((t) => s.x < t.x + t.w && t.x < s.x + s.w && s.y < t.y + t.h && t.y < s.y + s.h);
      const spot = spots.find((s) => inside(s) && free(s)) ?? spots.find(inside) ?? spots[0];
      taken.push(spot);
      text.setAttribute("x", spot.x);
      text.setAttribute("y", spot.y + 10);
    }
  }

  // The table.
  const foot = element(root, "div", { class: "relics-explorer-foot" });
  const ask = element(foot, "button", { type: "button", hidden: "" }, "Compute with the package");
  const csv = element(foot, "a", { download: "your-glass.csv", href: "#" }, "CSV of all predictions");
  const command = element(foot, "code");
  const said = element(foot, "span", { role: "status" });
  const holder = element(root, "div", { class: "relics-glass-table" });

  function strip(parent, row, q) {
    const others = catalogue.map((c) => c.rows.get(q.key).value).filter((v) => v !== null);
    const size = (v) => Math.abs(middle(v));
    const known = [...others, ...(row.value === null ? [] : [row.value])].flatMap(ends).map(Math.abs).filter((v) => v > 0);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    if (!(high / low > 1.0001) || row.value === null || !middle(row.value)) return;
    const at = (v) => 6 + (128 * Math.log(Math.abs(v) / low)) / Math.log(high / low);
    const svg = element(parent, "svg", { width: 140, height: 18, viewBox: "0 0 140 18", role: "img",
      "aria-label": `${others.filter((v) => size(v) < size(row.value)).length} of ${others.length} glasses of the catalogue have a smaller magnitude` });
    for (const v of others) element(svg, "line", { x1: at(middle(v)), x2: at(middle(v)), y1: 5, y2: 13, class: "tick" });
    const [a, b] = [ends(row.value)[0], ends(row.value).at(-1)].map(at);
    if (Math.abs(a - b) > 1) element(svg, "line", { x1: a, x2: b, y1: 9, y2: 9, class: "band" });
    symbol(svg, "diamond", at(middle(row.value)), 9, { class: "mark relics-c1" });
  }

  function drawTable() {
    holder.replaceChildren();
    const table = element(holder, "table");
    element(table, "caption", {}, `Predictions for ${formula(glass.name)}`);
    const head = element(element(table, "thead"), "tr");
    for (const text of ["Prediction, and how far to trust it", "Value", "Among the catalogue", "Depends on", "From"]) element(head, "th", { scope: "col" }, text);
    let group = "";
    let body = null;
    for (const row of rows) {
      const q = tables.quantities.find((one) => one.key === row.key);
      if (q.part !== group) {
        group = q.part;
        body = element(table, "tbody");
        element(element(body, "tr", { class: "group" }), "th", { colspan: 5, scope: "colgroup" }, GROUPS[group] ?? group);
      }
      const line = element(body, "tr", { "data-key": q.key });
      const error = Math.max(...q.ends.map((end) => end.error));
      const note = q.ends[0].combinations.length && !checked ? `; here from a table, within ${format(100 * error, 1)} %` : "";
      const outside = row.value === null ? "no value: outside what the table holds, or where the theory says nothing; " : "";
      const name = element(line, "th", { scope: "row" });
      written(name, "span", {}, spelled(q.name));
      written(name, "small", {}, (row.trust ?? outside + q.trust) + note);
      written(line, "td", { class: "value" }, shown(row, q.unit));
      strip(element(line, "td"), row, q);
      dependence(element(line, "td"), q.ends[0], tables.symbols);
      const from = element(line, "td", { class: "from" });
      q.equations.forEach((id, i) => {
        if (i) from.append(", ");
        if (inBook) element(from, "a", { href: `../../book/generated/equations.html#ledger-${id}` }, id);
        else from.append(id);
      });
    }
    const quote = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const cells = rows.map((row) => {
      const q = tables.quantities.find((one) => one.key === row.key);
      const [low, high] = row.value === null ? ["", ""] : [ends(row.value)[0], ends(row.value).at(-1)];
      return [q.key, q.name, q.unit, low, high, row.uncertainty, q.equations.join(" "), q.trust];
    });
    const lines = [["key", "prediction", "unit", "low", "high", "uncertainty", "equations", "trust"], ...cells];
    csv.href = `data:text/csv;charset=utf-8,${encodeURIComponent(lines.map((l) => l.map((c) => quote(String(c))).join(",")).join("\n"))}`;
    const bead = glass.bead_size ? ` --a ${Number(glass.bead_size.toPrecision(6))}` : "";
    command.textContent = `relics predict --tg ${glass.T_g} --td ${glass.T_D} --rho ${glass.density} --cs ${glass.sound_speed}${bead}`;
  }

  function update() {
    const typed = read();
    if (!typed) return;
    glass = typed;
    checked = null;
    said.textContent = "";
    fields.bead_size.value.placeholder = format(1e10 * constants({ ...glass, bead_size: null }, tables.bead)[4], 3);
    rows = tables.quantities.map((q) => ({ key: q.key, ...predict(tables, q, glass) }));
    drawTable();
    drawPlot();
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target === pick) {
      const found = tables.catalogue.find((g) => g.name === pick.value);
      if (found) { glass = structuredClone(found); fill(); }
    } else pick.value = "";
    update();
  });

  // With a kernel the package itself can be asked.
  const send = (message) => { try { model.send(message); } catch { /* a page without kernel */ } };
  const hear = (message) => {
    if (message.kernel) ask.hidden = false;
    if (message.refused) said.textContent = message.refused;
    if (message.rows) {
      checked = message.rows;
      rows = tables.quantities.map((q) => checked.find((r) => r.key === q.key)).filter(Boolean);
      said.textContent = "Values of the package.";
      drawTable();
      drawPlot();
    }
  };
  ask.addEventListener("click", () => { said.textContent = "computing…"; send({ ask: "predict", glass }); });
  model.on("msg:custom", hear);
  if (!inBook) send({ ask: "kernel" });

  fill();
  update();
  let drawn = stage.clientWidth;
  const observer = new ResizeObserver(() => {
    if (Math.abs(stage.clientWidth - drawn) < 2) return;
    drawn = stage.clientWidth;
    drawPlot();
  });
  observer.observe(stage);
  return () => { observer.disconnect(); model.off("msg:custom", hear); };
}

export default { render: renderGlass };
