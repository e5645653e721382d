// Before the first paint, so that a stored theme never flashes in the other one. A file, not inline: a strict
// content security policy lets it through. src/ui/theme.ts reads and writes the same key.
try {
  const theme = localStorage.getItem('onetape.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {}
