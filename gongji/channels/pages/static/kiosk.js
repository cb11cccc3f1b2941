// The kiosk asks for a sign of life, and speaks, with voices of its own alone. Without a script the page itself goes on.
(function () {
  "use strict";
  var top = document.querySelector("[data-idle]"), says = document.querySelector("[data-says]"), timer;

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(function () { location.replace(top.getAttribute("data-idle-to")); }, 1000 * top.getAttribute("data-idle"));
  }

  function speak() {
    var voices = speechSynthesis.getVoices().filter(function (voice) {
      return voice.localService && voice.lang.slice(0, 2) === document.documentElement.lang.slice(0, 2);
    });
    if (!voices.length) { return; }
    var words = new SpeechSynthesisUtterance(says.getAttribute("data-says"));
    words.voice = voices[0];
    speechSynthesis.speak(words);
    says = null;
  }

  if (top) {
    ["pointerdown", "keydown", "input"].forEach(function (sign) { addEventListener(sign, wait); });
    wait();
  }
  if (says && window.speechSynthesis) {
    speak();
    if (says) { speechSynthesis.addEventListener("voiceschanged", function () { if (says) { speak(); } }); }
  }
})();
