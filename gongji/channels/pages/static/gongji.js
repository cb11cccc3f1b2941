// What the pages gain from a script; each works without it. Swap, dialog, poll, guard, type size, reading aloud: nothing else.
(function () {
  "use strict";
  var page = document, root = page.documentElement, shown = here(), away = false;

  function here() { return location.pathname + location.search; }

  function each(query, act, within) {
    Array.prototype.forEach.call((within || page).querySelectorAll(query), act);
  }

  // (a) A form or link with data-swap puts the answer's element of that id in place of the page's.
  function load(address, id, keep) {
    return fetch(address, { headers: { "X-Fragment": "1" }, credentials: "same-origin" })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, "text/html").getElementById(id);
        var old = page.getElementById(id);
        if (!fresh || !old) { throw new Error(id); }
        old.parentNode.replaceChild(page.importNode(fresh, true), old);
        if (keep) { history.pushState(null, "", address); shown = here(); }
        ready(page.getElementById(id));
      });
  }

  function address(form) {
    return form.action.split("?")[0] + "?" + new URLSearchParams(new FormData(form));
  }

  page.addEventListener("submit", function (event) {
    var form = event.target, id = form.getAttribute("data-swap");
    if (form.method === "post") { return guard(event, form); }
    if (id && window.fetch && window.URLSearchParams) {
      event.preventDefault();
      load(address(form), id, true).catch(function () { form.submit(); });
    }
  });

  // (b) A control with data-dialog opens that dialog; its address is the page to go to where there are none.
  page.addEventListener("click", function (event) {
    var control = event.target.closest && event.target.closest("[data-dialog],[data-print],[data-size-to],[data-aloud]");
    if (!control) { return; }
    var dialog = page.getElementById(control.getAttribute("data-dialog"));
    if (dialog && dialog.showModal) { event.preventDefault(); dialog.showModal(); }
    if (control.hasAttribute("data-print")) { print(); }
    if (control.hasAttribute("data-aloud")) { aloud(); }
    if (control.hasAttribute("data-size-to")) { resize(control.getAttribute("data-size-to")); }
  });

  // (c) An element with data-poll is asked for again until the answer's no longer has one.
  function poll(element) {
    setTimeout(function () {
      load(element.getAttribute("data-poll"), element.id).catch(function () { poll(element); });
    }, 3000);
  }

  // (d) Nothing is sent offline, and nothing is sent twice. An act with a note data-lost is sent from behind the page,
  // so that an answer that does not come can be told: that nothing was done is never said of what has been sent.
  function guard(event, form) {
    var offline = navigator.onLine === false, sent = form.hasAttribute("data-sent"), note = form.querySelector("[data-lost]");
    if (offline || sent) { event.preventDefault(); }
    each("[data-offline]", function (one) { one.hidden = !offline || sent; one.focus(); }, form);
    if (offline || sent) { return; }
    form.setAttribute("data-sent", "");
    if (note && window.fetch && window.URLSearchParams && "submitter" in event) {
      event.preventDefault();
      act(form, event.submitter, note);
    }
  }

  function act(form, button, note) {
    var told = new URLSearchParams(new FormData(form)), late = setTimeout(lost, 20000);
    if (button && button.name) { told.append(button.name, button.value); }

    function lost() {
      each("button", function (one) { one.hidden = true; }, form);
      note.hidden = false;
      note.focus();
    }

    fetch(form.action, { method: "POST", headers: { "X-Fragment": "1" }, credentials: "same-origin", body: told })
      .then(function (answer) {
        var there = answer.headers.get("location");
        clearTimeout(late);
        if (there) { return location.assign(there); }
        return answer.text().then(function (text) {
          var fresh = new DOMParser().parseFromString(text, "text/html"), old = page.getElementById("main");
          old.parentNode.replaceChild(page.importNode(fresh.getElementById("main"), true), old);
          page.title = fresh.title;
          ready(page.getElementById("main"));
        });
      }).catch(lost);
  }

  // (e) Type size and contrast: kept in a cookie that the loader in the head reads before anything is painted.
  function resize(size) {
    page.cookie = "size=" + size + ";path=/;max-age=31536000;samesite=lax";
    root.setAttribute("data-size", size);
    pressed();
  }

  function pressed() {
    var size = root.getAttribute("data-size");
    each("[data-size-to]", function (one) {
      one.setAttribute("aria-pressed", String(one.getAttribute("data-size-to") === size));
    });
  }

  // (f) The page is read out by a voice of this very device; one that would send the words elsewhere is never used.
  function voice() {
    return speechSynthesis.getVoices().filter(function (one) {
      return one.localService === true && one.lang.slice(0, 2) === root.lang.slice(0, 2);
    })[0];
  }

  function offer() { each("[data-aloud]", function (one) { one.hidden = !voice(); }); }

  function aloud() {
    if (speechSynthesis.speaking) { return speechSynthesis.cancel(); }
    var said = new SpeechSynthesisUtterance(page.getElementById("main").innerText), own = voice();
    said.voice = own;
    said.lang = own.lang;
    speechSynthesis.speak(said);
  }

  function ready(within) {
    each("[data-needs-script]", function (one) { one.hidden = false; }, within);
    each("[data-poll]", poll, within.parentNode || within);
    each("[data-focus]", function (one) { one.focus(); }, within);
    pressed();
  }

  addEventListener("popstate", function () { if (here() !== shown) { location.reload(); } });
  addEventListener("pageshow", function () {
    each("[data-sent]", function (one) {
      if (one.querySelector("[data-lost]")) { return location.reload(); }
      one.removeAttribute("data-sent");
    });
  });
  addEventListener("offline", function () { away = true; });
  addEventListener("online", function () { if (away) { each("[data-lost]:not([hidden])", function () { location.reload(); }); } });
  if (window.speechSynthesis) { offer(); speechSynthesis.onvoiceschanged = offer; }
  ready(page);
})();
