// Costs, other money and grant while they are being typed: the same sums as the server's, to the
// cent. Without this module they are added up with every save.

const SPACES = /[\s\u00a0\u2007\u2009\u202f_'’]+/g;

// Whole cents, or null for what the server would refuse (projects/money.py has the rules).
export function cents(text) {
  let typed = text.trim().replace(/\p{Nd}/gu, digit).replaceAll("٫", ",").replaceAll("٬", ".");
  typed = typed.replace(/^(€|eur|euro)|(€|eur|euro)$/giu, "").replace(SPACES, "");
  if (!/^([0-9]+([.,][0-9]+)*[.,]?|[.,][0-9]+)$/.test(typed)) return null;
  const parts = split(typed);
  if (!parts || parts[1].length > 2) return null;
  const value = BigInt((parts[0] || "0") + parts[1].padEnd(2, "0"));
  return value > 9999999999n ? null : value;
}

// The digits of every script stand in runs of ten, from zero on.
function digit(character) {
  const code = character.codePointAt(0);
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code < 58 ? character : String(code - zero);
}

function split(typed) {
  const dots = typed.split(".").length - 1;
  const commas = typed.split(",").length - 1;
  if (dots && commas) {
    const at = Math.max(typed.lastIndexOf("."), typed.lastIndexOf(","));
    const other = typed[at] === "," ? "." : ",";
    const whole = typed.slice(0, at);
    if (!thousands(whole, other)) return null;
    return [whole.replaceAll(other, ""), typed.slice(at + 1)];
  }
  const sign = dots ? "." : ",";
  if (dots + commas > 1 || /^[1-9][0-9]{0,2}\.[0-9]{3}$/.test(typed)) {
    return thousands(typed, sign) ? [typed.replaceAll(sign, ""), ""] : null;
  }
  const [whole, decimals = ""] = typed.split(sign);
  return commas && decimals.length === 3 ? null : [whole, decimals];
}

function thousands(text, separator) {
  const groups = text.split(separator);
  return groups.length > 1 && /^[0-9]{1,3}$/.test(groups[0]) && groups.slice(1).every((group) => /^[0-9]{3}$/.test(group));
}

// Thousandths of one, or null.
function quantity(text) {
  const match = /^([0-9]{1,6})(?:[.,]([0-9]{1,3}))?$/.exec(text.trim());
  return match && BigInt(match[1] + (match[2] ?? "").padEnd(3, "0"));
}

function lineTotal(line) {
  const price = cents(line.querySelector("[data-price]").value);
  const typed = line.querySelector("[data-quantity]").value;
  const many = typed.trim() ? quantity(typed) : 1000n;
  return price === null || many === null ? 0n : (price * many + 500n) / 1000n; // half a cent up
}

function shown(value) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });
  return format.format(Number(value) / 100);
}

function watch(bar) {
  const form = bar.closest("form");
  const fixed = (name) => BigInt(bar.dataset[name]);

  function add() {
    const lines = [...form.querySelectorAll(".line")].filter((line) => line.querySelector("[data-price]"));
    for (const line of lines) {
      const output = line.querySelector("[data-line-total]");
      if (output) output.textContent = shown(lineTotal(line));
    }
    const incomes = [...form.querySelectorAll("[data-income]")];
    const requested = form.querySelector("[data-requested]:not([data-sums])");
    const sums = {
      costs: lines.length ? lines.reduce((sum, line) => sum + lineTotal(line), 0n) : fixed("costs"),
      other: incomes.length ? incomes.reduce((sum, field) => sum + (cents(field.value) ?? 0n), 0n) : fixed("other"),
      requested: requested ? cents(requested.value) ?? 0n : fixed("requested"),
    };
    for (const [name, value] of Object.entries(sums)) {
      bar.querySelector(`[data-sum="${name}"]`).textContent = shown(value);
    }
    const gap = sums.costs - sums.other - sums.requested;
    const words = !sums.costs ? "none" : gap > 0n ? "missing" : gap < 0n ? "tooMuch" : "even";
    const balance = bar.querySelector("[data-balance]");
    balance.textContent = bar.dataset[words].replace("%(amount)s", shown(gap < 0n ? -gap : gap));
    balance.classList.toggle("sums-even", words === "even");
  }

  form.addEventListener("input", add);
  add();
}

document.querySelectorAll("[data-sums]").forEach(watch);
