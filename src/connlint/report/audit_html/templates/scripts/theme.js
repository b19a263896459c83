// Theme: as the system says until a person says otherwise. Remembered where the browser lets a file.
const themes = ["auto", "light", "dark"];
const themeButton = document.querySelector("#theme");
const remembered = {
  get: () => {
    try {
      return localStorage.getItem("connlint-theme");
    } catch {
      return null;
    }
  },
  set: (theme) => {
    try {
      localStorage.setItem("connlint-theme", theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  },
};
let theme = themes.includes(remembered.get()) ? remembered.get() : "auto";
const showTheme = () => {
  document.documentElement.dataset.theme = theme;
  themeButton.textContent = "Theme: " + theme;
};
themeButton.addEventListener("click", () => {
  theme = themes[(themes.indexOf(theme) + 1) % themes.length];
  remembered.set(theme);
  showTheme();
});
showTheme();

