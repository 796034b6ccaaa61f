// SPDX-License-Identifier: Apache-2.0
// The page works without this. With it, sections follow what happens: the same page is fetched
// again and its sections are exchanged, unless somebody is using one of them.
"use strict";

const sections = ["bar", "banner", "waiting", "clock", "keys", "journal", "tokens", "sessions", "request", "troubles"];
let pending = 0;
let timer = null;

function busy(section) {
  return section.contains(document.activeElement) || section.matches(":hover") && section.id === "journal";
}

function announce() {
  const news = document.getElementById("news");
  if (news)
    news.textContent = pending ? `${pending} new` : "";
}

async function exchange() {
  timer = null;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok)
    return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let held = false;
  for (const id of sections) {
    const old = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (!old || !next || old.innerHTML === next.innerHTML)
      continue;
    if (busy(old))
      held = true;
    else
      old.innerHTML = next.innerHTML;
  }
  if (!held)
    pending = 0;
  announce();
}

function soon() {
  if (!timer)
    timer = setTimeout(exchange, 150);
}

const live = new EventSource("/console/events");
live.addEventListener("change", () => { pending += 1; soon(); });
live.addEventListener("open", soon);
document.addEventListener("focusout", soon);
document.addEventListener("mouseout", (event) => {
  if (pending && event.target.closest("#journal"))
    soon();
});
