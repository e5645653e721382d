/** A vendor at a glance: its first letters on a colour of its own, as long as its name stays the same. */
export function VendorMark({ provider, label }: { provider: string; label: string }) {
  const hue = [...provider].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7)
  return (
    <span
      aria-hidden
      className="flex size-8 shrink-0 items-center justify-center rounded-lg text-[11px] font-bold"
      style={{
        background: `light-dark(hsl(${hue} 55% 92%), hsl(${hue} 32% 20%))`,
        color: `light-dark(hsl(${hue} 60% 26%), hsl(${hue} 60% 80%))`,
      }}
    >
      {initials(label)}
    </span>
  )
}

function initials(label: string): string {
  const words = label.split(/[^A-Za-z]+/).filter(Boolean)
  return words.length > 1 ? `${words[0]![0]}${words[1]![0]}`.toUpperCase() : label.slice(0, 2).toUpperCase()
}
