// Sliders and a line plot of precomputed frames. One module for live notebooks and static pages.

const SVG = "http://www.w3.org/2000/svg";
const DASHES = ["", "7 4", "8 3 2 3", "2 3"];
const SYMBOLS = ["circle", "square", "up", "diamond", "down", "plus", "cross"];
const COLOURS = 7;
const SUPERSCRIPT = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
let instances = 0;

const power = (n) => "10" + [...String(n)].map((c) => SUPERSCRIPT[c]).join("");
const minus = (text) => text.replace("-", "−");

/** A number as a reader would write it. */
export function format(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string") return value;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return minus(String(Number(value.toPrecision(digits))));
  let exponent = Math.floor(Math.log10(size));
  let mantissa = Number((value / 10 ** exponent).toPrecision(digits));
  if (Math.abs(mantissa) >= 10) { mantissa /= 10; exponent += 1; }
  return (mantissa === 1 ? "" : minus(String(mantissa)) + "·") + power(exponent);
}

/** Ticks of a linear axis at 1, 2 or 5 times a power of ten. */
export function linearTicks(low, high, count) {
  const rough = (high - low) / Math.max(count, 1);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((m) => m * unit >= rough) * unit;
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i += 1) ticks.push(i * step);
  const exponent = Math.floor(Math.log10(Math.max(Math.abs(low), Math.abs(high))));
  const scaled = exponent >= 5 || exponent <= -4;
  const factor = scaled ? 10 ** exponent : 1;
  const digits = Math.max(0, Math.ceil(-Math.log10(step / factor) - 1e-9));
  return {
    major: ticks.map((value) => ({ value, text: minus((value / factor).toFixed(digits)).replace(/^−(0(\.0*)?)$/, "$1") })),
    minor: [],
    factor: scaled ? `× ${power(exponent)}` : "",
  };
}

/** Ticks of a logarithmic axis: decades, with 2 and 5 between them where there is room. */
export function logTicks(low, high, count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const major = [];
  const minor = [];
  const stride = Math.max(1, Math.ceil((last - first + 1) / Math.max(count, 2)));
  for (let n = first; n <= last; n += 1) {
    if ((n - first) % stride === 0) major.push({ value: 10 ** n, text: n === 0 ? "1" : n === 1 ? "10" : power(n) });
    else minor.push(10 ** n);
  }
  if (stride === 1) {
    const between = last - first < 1 ? [2, 3, 5] : [];
    for (let n = first - 1; n <= last; n += 1) {
      for (let m = 2; m < 10; m += 1) {
        const value = m * 10 ** n;
        if (value < low || value > high) continue;
        if (between.includes(m)) major.push({ value, text: format(value, 2) });
        else minor.push(value);
      }
    }
  }
  return { major, minor, factor: "" };
}

function element(parent, name, attributes = {}, text) {
  const node = parent.namespaceURI === SVG || name === "svg" ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  parent.append(node);
  return node;
}

const GREEK = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", zeta: "ζ", eta: "η", theta: "θ", kappa: "κ", lambda: "λ", mu: "μ",
  nu: "ν", xi: "ξ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ", phi: "φ", chi: "χ", psi: "ψ", omega: "ω", Gamma: "Γ", Delta: "Δ",
  Sigma: "Σ", Phi: "Φ", Psi: "Ψ", Omega: "Ω",
};
const SPELLED = new RegExp(`(?<!\\p{L})(${Object.keys(GREEK).join("|")})(?!\\p{L})`, "gu");

/** Text in which tau becomes a letter; s_c, T_{TLS} and x^2 get subscripts and superscripts; waiting_time loses its bar. */
function written(parent, name, attributes, raw) {
  const text = raw.replace(SPELLED, (word) => GREEK[word]).replace(/log10\b/g, "log_{10}");
  const node = element(parent, name, attributes);
  const inside = node.namespaceURI === SVG;
  const pattern = /(?<=(?:^|[^\p{L}\p{N}])(?:ħ?\p{L}|log)|[)\]*])([_^])(?:\{([^}]*)\}|([\p{L}\p{N}*‡−+-]+))/gu;
  let end = 0;
  const plain = (piece) => node.append(piece.replaceAll("_", " "));
  for (const match of text.matchAll(pattern)) {
    plain(text.slice(end, match.index));
    end = match.index + match[0].length;
    const down = match[1] === "_";
    const script = (match[2] ?? match[3]).replaceAll("-", "−");
    if (!inside) { element(node, down ? "sub" : "sup", {}, script); continue; }
    element(node, "tspan", { dy: down ? "0.3em" : "-0.4em", "font-size": "75%" }, script);
    element(node, "tspan", { dy: down ? "-0.225em" : "0.3em" }, "\u200b");
  }
  plain(text.slice(end));
  return node;
}

function symbol(parent, kind, x, y, attributes) {
  const r = 4;
  const shapes = {
    square: `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}z`,
    up: `M${x} ${y - 5}L${x + 5} ${y + 4}L${x - 5} ${y + 4}z`,
    down: `M${x} ${y + 5}L${x + 5} ${y - 4}L${x - 5} ${y - 4}z`,
    diamond: `M${x} ${y - 5.5}L${x + 5.5} ${y}L${x} ${y + 5.5}L${x - 5.5} ${y}z`,
    plus: `M${x - 5} ${y}h10M${x} ${y - 5}v10`,
    cross: `M${x - 4} ${y - 4}l8 8M${x + 4} ${y - 4}l-8 8`,
  };
  if (kind === "circle") return element(parent, "circle", { cx: x, cy: y, r, ...attributes });
  return element(parent, "path", { d: shapes[kind], ...attributes });
}

/** Range of the numbers, widened by a margin so that curves do not touch the frame. */
function span(values, log) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (log) {
    if (low === high) return [low / 2, high * 2];
    const margin = (high / low) ** 0.04;
    return [low / margin, high * margin];
  }
  if (low === high) { const half = Math.abs(low) / 2 || 1; return [low - half, high + half]; }
  const margin = 0.04 * (high - low);
  return [low >= 0 && low - margin < 0 ? 0 : low - margin, high + margin];
}

function render({ model, el }) {
  const family = model.get("family");
  const name = `relics-explorer-${(instances += 1)}`;
  const { sliders, series, arrays } = family;
  let fitted = false;
  let pointer = null;

  const root = element(el, "section", { class: "relics-explorer", "aria-label": family.title });
  written(root, "p", { class: "relics-explorer-title" }, family.title);
  const controls = element(root, "div", { class: "relics-explorer-controls" });
  const inputs = sliders.map((slider, i) => {
    const row = element(controls, "div", { class: "relics-explorer-slider" });
    const id = `${name}-slider-${i}`;
    written(row, "label", { for: id }, slider.label);
    const input = element(row, "input", {
      id, type: "range", min: 0, max: slider.values.length - 1, step: 1, autocomplete: "off",
    });
    if (slider.values.length < 2) input.disabled = true;
    const output = element(row, "output", { for: id });
    input.addEventListener("input", () => {
      const position = [...model.get("position")];
      position[i] = Number(input.value);
      model.set("position", position);
      model.save_changes();
    });
    return { input, output };
  });
  const legend = element(root, "ul", { class: "relics-explorer-legend" });
  const stage = element(root, "div", { class: "relics-explorer-stage" });
  const foot = element(root, "div", { class: "relics-explorer-foot" });
  const fit = element(foot, "button", { type: "button", "aria-pressed": "false" }, "Fit axes to these curves");
  const csv = element(foot, "a", { download: "explorer.csv", href: "#" }, "CSV");
  const details = element(foot, "details");
  element(details, "summary", {}, "Values");
  const table = element(details, "div", { class: "relics-explorer-values", tabindex: "0", role: "region", "aria-label": "Values of the curves" });

  const frame = () => {
    const position = model.get("position");
    const index = sliders.reduce((sum, slider, i) => sum * slider.values.length + position[i], 0);
    return family.frames[index].map(([number, x, y]) => ({ number, ...series[number], x: arrays[x], y: arrays[y] }));
  };
  const everything = (axis) => {
    const used = new Set();
    for (const entries of family.frames) for (const entry of entries) used.add(entry[axis]);
    return [...used].flatMap((i) => arrays[i]);
  };
  const whole = { x: span(everything(1), family.x.log), y: span(everything(2), family.y.log) };
  const own = (current, axis) => span(current.flatMap((entry) => entry[axis]), family[axis].log);
  const extent = ([low, high], axis) => (family[axis].log ? Math.log(high / low) : high - low);

  function drawLegend(current) {
    legend.replaceChildren();
    for (const entry of current) {
      const item = element(legend, "li");
      const svg = element(item, "svg", { width: 30, height: 14, "aria-hidden": "true" });
      const colour = `relics-c${entry.number % COLOURS}`;
      if (entry.kind === "curves") {
        element(svg, "line", { x1: 1, x2: 29, y1: 7, y2: 7, class: `line ${colour}`, "stroke-dasharray": DASHES[entry.number % DASHES.length] });
      } else symbol(svg, SYMBOLS[entry.number % SYMBOLS.length], 15, 7, { class: `mark ${colour}` });
      written(item, "span", {}, entry.label);
    }
  }

  function drawPlot(current) {
    const width = Math.max(260, Math.min(stage.clientWidth || 640, 860));
    const height = Math.round(Math.max(230, Math.min(0.56 * width, 420)));
    const small = width < 480;
    const range = fitted ? { x: own(current, "x"), y: own(current, "y") } : whole;
    const ticks = (axis, count) => (family[axis].log ? logTicks : linearTicks)(...range[axis], count);
    const yTicks = ticks("y", Math.floor(height / 55));
    const widest = Math.max(...yTicks.major.map((t) => t.text.length), 1);
    const box = { left: 32 + 7.2 * widest, right: width - 14, top: yTicks.factor ? 24 : 10, bottom: height - 46 };
    const xTicks = ticks("x", Math.floor((box.right - box.left) / (small ? 70 : 85)));
    const scale = (axis, from, to) => {
      const [low, high] = range[axis];
      const place = family[axis].log ? (v) => Math.log(v / low) / Math.log(high / low) : (v) => (v - low) / (high - low);
      return (v) => from + (to - from) * place(v);
    };
    const X = scale("x", box.left, box.right);
    const Y = scale("y", box.bottom, box.top);

    stage.replaceChildren();
    const svg = element(stage, "svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": `${name}-alt` });
    element(svg, "title", { id: `${name}-alt` }, `${family.alt} ${sliders.map((s, i) => `${s.label} ${inputs[i].output.textContent}`).join(", ")}.`);
    const clip = element(element(svg, "clipPath", { id: `${name}-clip` }), "rect", {
      x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top });
    clip.setAttribute("data-role", "frame");
    const grid = element(svg, "g", { class: "grid" });
    const axes = element(svg, "g", { class: "axes" });
    for (const { value, text } of xTicks.major) {
      element(grid, "line", { x1: X(value), x2: X(value), y1: box.top, y2: box.bottom });
      element(axes, "line", { x1: X(value), x2: X(value), y1: box.bottom, y2: box.bottom + 6 });
      element(axes, "text", { x: X(value), y: box.bottom + 19, "text-anchor": "middle" }, text);
    }
    for (const value of xTicks.minor) element(axes, "line", { x1: X(value), x2: X(value), y1: box.bottom, y2: box.bottom + 3 });
    for (const { value, text } of yTicks.major) {
      element(grid, "line", { x1: box.left, x2: box.right, y1: Y(value), y2: Y(value) });
      element(axes, "line", { x1: box.left - 6, x2: box.left, y1: Y(value), y2: Y(value) });
      element(axes, "text", { x: box.left - 9, y: Y(value) + 4, "text-anchor": "end" }, text);
    }
    for (const value of yTicks.minor) element(axes, "line", { x1: box.left - 3, x2: box.left, y1: Y(value), y2: Y(value) });
    element(axes, "path", { d: `M${box.left} ${box.top}V${box.bottom}H${box.right}`, fill: "none" });
    if (yTicks.factor) element(axes, "text", { x: box.left, y: 14 }, yTicks.factor);
    if (xTicks.factor) element(axes, "text", { x: box.right, y: box.bottom + 36, "text-anchor": "end" }, xTicks.factor);
    written(axes, "text", { x: (box.left + box.right) / 2, y: height - 8, "text-anchor": "middle", class: "label" }, family.x.label);
    const middle = (box.top + box.bottom) / 2;
    written(axes, "text", { x: 13, y: middle, transform: `rotate(-90 13 ${middle})`, "text-anchor": "middle", class: "label" }, family.y.label);

    const plot = element(svg, "g", { "clip-path": `url(#${name}-clip)` });
    for (const entry of current) {
      const colour = `relics-c${entry.number % COLOURS}`;
      if (entry.kind === "marks") {
        entry.x.forEach((x, i) => {
          if (x !== null && entry.y[i] !== null) symbol(plot, SYMBOLS[entry.number % SYMBOLS.length], X(x), Y(entry.y[i]), { class: `mark ${colour}` });
        });
        continue;
      }
      let path = "";
      let pen = false;
      entry.x.forEach((x, i) => {
        const y = entry.y[i];
        if (x === null || y === null) { pen = false; return; }
        path += `${pen ? "L" : "M"}${X(x).toFixed(1)} ${Math.max(-1e4, Math.min(1e4, Y(y))).toFixed(1)}`;
        pen = true;
      });
      element(plot, "path", { d: path, class: `line ${colour}`, "stroke-dasharray": DASHES[entry.number % DASHES.length], "data-label": entry.label });
    }
    drawPointer(svg, current, X, Y, box);
    svg.addEventListener("pointermove", (event) => {
      const rect = svg.getBoundingClientRect();
      pointer = ((event.clientX - rect.left) * width) / rect.width;
      drawPointer(svg, current, X, Y, box);
    });
    svg.addEventListener("pointerleave", () => { pointer = null; drawPointer(svg, current, X, Y, box); });
  }

  function drawPointer(svg, current, X, Y, box) {
    svg.querySelector(".pointer")?.remove();
    if (pointer === null || pointer < box.left || pointer > box.right) return;
    const group = element(svg, "g", { class: "pointer" });
    const lines = [];
    for (const entry of current) {
      let best = -1;
      entry.x.forEach((x, i) => {
        if (x === null || entry.y[i] === null) return;
        if (best < 0 || Math.abs(X(x) - pointer) < Math.abs(X(entry.x[best]) - pointer)) best = i;
      });
      if (best < 0 || Math.abs(X(entry.x[best]) - pointer) > 20) continue;
      const [px, py] = [X(entry.x[best]), Y(entry.y[best])];
      if (py >= box.top - 1 && py <= box.bottom + 1) element(group, "circle", { cx: px, cy: py, r: 4.5, class: `ring relics-c${entry.number % COLOURS}` });
      lines.push(`${entry.label}: ${format(entry.x[best])}, ${format(entry.y[best])}`);
    }
    const left = pointer < (box.left + box.right) / 2;
    lines.forEach((text, i) => written(group, "text", {
      x: left ? box.right - 4 : box.left + 6, y: box.top + 14 + 15 * i, "text-anchor": left ? "end" : "start" }, text));
  }

  function rows(current) {
    return current.flatMap((e) => e.x.map((x, i) => [e.label, x, e.y[i]])).filter((r) => r[1] !== null && r[2] !== null);
  }

  function drawValues(current) {
    const quote = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const head = ["curve", family.x.label, family.y.label];
    const text = [head, ...rows(current)].map((row) => row.map((cell) => quote(String(cell))).join(",")).join("\n");
    csv.href = `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
    table.replaceChildren();
    if (!details.open) return;
    const grid = element(table, "table");
    const header = element(element(grid, "thead"), "tr");
    for (const cell of head) written(header, "th", { scope: "col" }, cell);
    const body = element(grid, "tbody");
    for (const [label, x, y] of rows(current)) {
      const row = element(body, "tr");
      written(row, "td", {}, label);
      element(row, "td", {}, format(x, 5));
      element(row, "td", {}, format(y, 5));
    }
  }

  function draw() {
    const position = model.get("position");
    sliders.forEach((slider, i) => {
      const value = format(slider.values[position[i]]);
      inputs[i].input.value = position[i];
      inputs[i].input.setAttribute("aria-valuetext", `${slider.label} ${value}`);
      inputs[i].output.textContent = value;
    });
    const current = frame();
    drawLegend(current);
    drawPlot(current);
    drawValues(current);
  }

  const fitTo = (yes) => { fitted = yes; fit.setAttribute("aria-pressed", String(yes)); };
  fit.addEventListener("click", () => { fitTo(!fitted); draw(); });
  details.addEventListener("toggle", () => drawValues(frame()));
  model.on("change:position", draw);
  let drawn = 0;
  const observer = new ResizeObserver(() => {
    if (Math.abs(stage.clientWidth - drawn) < 2) return;
    drawn = stage.clientWidth;
    draw();
  });
  // Common axes show the motion best, unless the first curves would be lost in them.
  fitTo(["x", "y"].some((axis) => extent(own(frame(), axis), axis) < 0.25 * extent(whole[axis], axis)));
  draw();
  drawn = stage.clientWidth;
  observer.observe(stage);
  return () => { observer.disconnect(); model.off("change:position", draw); };
}

export default { render };
