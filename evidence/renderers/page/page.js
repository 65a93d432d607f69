"use strict";
// Two things: the theme, and the table of resources. Text goes into the page as text alone, never as markup.
(() => {
  const find = (id) => document.getElementById(id);
  const make = (tag, words, name) => {
    const made = document.createElement(tag);
    if (words !== undefined) made.textContent = words;
    if (name) made.className = name;
    return made;
  };

  const theme = find("theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  const isDark = () => (chosen === null ? prefersDark.matches : chosen === "dark");
  const label = () => { theme.textContent = isDark() ? "Light theme" : "Dark theme"; };
  theme.addEventListener("click", () => {
    chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    label();
  });
  prefersDark.addEventListener("change", label);
  label();
  theme.hidden = false;

  const browser = find("browser");
  if (!browser) return;
  const { words, rows, rules, profiles, findings, verdicts } = JSON.parse(find("data").textContent);
  const PAGE = 50;
  const TONES = ["bad", "warn", "note", "plain", "good"];
  const [NAME, BEFORE, TYPE, SITE, SEGMENT, PLACE, CLASSES, STEP, LINE, VERDICT, ASKED, UNCHECKED] = rows.length ? rows[0].keys() : [];
  const word = (number) => (number < 0 ? "" : words[number]);
  const of = rows.map(() => []);
  for (const one of findings) of[one[0]].push(one);
  const ids = rules.map((rule) => word(rule[0]));
  const texts = rows.map((row, n) =>
    [row[NAME], row[TYPE], row[SITE], row[SEGMENT], row[PLACE], row[CLASSES], ...of[n].flatMap((one) => [one[1], one[3]])]
      .map(word).join("\n").toLowerCase());
  const order = rows.map((_, n) => n).sort((one, other) => rows[one][VERDICT] - rows[other][VERDICT] || one - other);

  const fields = { verdict: find("f-verdict"), site: find("f-site"), type: find("f-type"), rule: find("f-rule") };
  const fill = (field, values) => {
    for (const [value, shown] of values) field.append(new Option(shown, value));
  };
  const used = (column) => [...new Set(rows.map((row) => row[column]))].filter((n) => n >= 0)
    .map((n) => [String(n), words[n]]).sort((one, other) => (one[1] < other[1] ? -1 : 1));
  const seen = new Set(rows.map((row) => row[VERDICT]));
  fill(fields.verdict, verdicts.map((name, n) => [String(n), name]).filter((_, n) => seen.has(n)));
  fill(fields.site, used(SITE));
  fill(fields.type, used(TYPE));
  const asked = new Set(rows.map((row) => row[ASKED]).flatMap((n) => profiles[n]));
  fill(fields.rule, ids.map((id, n) => [String(n), id]).filter((_, n) => asked.has(n)));

  let matching = order;
  let first = 0;
  const has = profiles.map((profile) => new Set(profile));
  const filter = () => {
    const sought = find("f-text").value.toLowerCase().split(/\s+/).filter(Boolean);
    const number = (field) => (field.value === "" ? null : Number(field.value));
    const [verdict, site, type, rule] = [fields.verdict, fields.site, fields.type, fields.rule].map(number);
    matching = order.filter((n) => {
      const row = rows[n];
      return (verdict === null || verdict === row[VERDICT])
        && (site === null || site === row[SITE])
        && (type === null || type === row[TYPE])
        && (rule === null || has[row[ASKED]].has(rule))
        && sought.every((part) => texts[n].includes(part));
    });
    first = 0;
    show();
  };

  const fact = (list, name, ...content) => {
    const pair = make("div");
    const told = make("dd");
    told.append(...content);
    pair.append(make("dt", name), told);
    list.append(pair);
  };
  const detail = (n) => {
    const row = rows[n];
    const cell = make("td");
    cell.colSpan = 5;
    const list = make("dl", undefined, "facts wide");
    for (const one of of[n]) fact(list, verdicts[one[2]], `${word(one[1])}: ${word(one[3])}`);
    const silent = row[UNCHECKED];
    for (const [rule, reason] of silent) fact(list, "not checked", `${word(rule)}: ${word(reason)}`);
    const told = new Set([...of[n].map((one) => one[1]), ...silent.map((one) => one[0])]);
    const passed = profiles[row[ASKED]].filter((rule) => !told.has(rules[rule][0])).map((rule) => ids[rule]);
    fact(list, "passed", passed.length ? passed.join(", ") : "no rule");
    const also = [["segment", SEGMENT], ["classes of data", CLASSES], ["step", STEP], ["declared in", LINE]];
    for (const [name, column] of also) if (row[column] >= 0) fact(list, name, word(row[column]));
    fact(list, "URN", make("code", word(row[BEFORE]) + word(row[NAME])));
    cell.append(list);
    const made = make("tr", undefined, "detail-row");
    made.append(cell);
    return made;
  };
  const line = (n) => {
    const row = rows[n];
    const made = make("tr");
    const head = make("th");
    head.scope = "row";
    const open = make("button", word(row[NAME]) || "(no name)", "open");
    open.type = "button";
    open.setAttribute("aria-expanded", "false");
    open.addEventListener("click", () => {
      const shut = open.getAttribute("aria-expanded") === "false";
      open.setAttribute("aria-expanded", String(shut));
      if (shut) made.after(detail(n));
      else made.nextElementSibling.remove();
    });
    head.append(open);
    made.append(head);
    const cell = (name, content) => {
      const told = make("td");
      told.dataset.label = name;
      told.append(content);
      made.append(told);
    };
    cell("Verdict", make("span", verdicts[row[VERDICT]], `mark ${TONES[row[VERDICT]]}`));
    cell("Type", make("code", word(row[TYPE])));
    cell("Site", make("span", word(row[SITE]) || "none", row[SITE] < 0 ? "none" : ""));
    cell("Place", make("span", word(row[PLACE]) || "none", row[PLACE] < 0 ? "none" : ""));
    return made;
  };
  const show = () => {
    find("rows").replaceChildren(...matching.slice(first, first + PAGE).map(line));
    const last = Math.min(first + PAGE, matching.length);
    const all = rows.length.toLocaleString("en");
    const range = matching.length ? `${(first + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ` : "";
    find("told").textContent = `${range}${matching.length.toLocaleString("en")} that match, of ${all}`;
    find("back").disabled = first === 0;
    find("next").disabled = last >= matching.length;
  };
  const turn = (by) => () => {
    first += by;
    show();
    find("told").scrollIntoView({ block: "start" });
  };
  find("filters").addEventListener("input", filter);
  find("back").addEventListener("click", turn(-PAGE));
  find("next").addEventListener("click", turn(PAGE));
  show();
  browser.hidden = false;
  document.querySelector(".no-script").classList.add("done");
})();
