const WIDTH = 56
const HEIGHT = 16
const GAP = 1.5

/** Values over time as tiny bars, oldest first; what lies below zero hangs. A gap where nothing is known. */
export function SparkBars({ values }: { values: readonly (number | undefined)[] }) {
  const known = values.filter((v): v is number => v !== undefined)
  if (known.length < 2) return null
  const top = Math.max(0, ...known)
  const bottom = Math.min(0, ...known)
  const scale = HEIGHT / (top - bottom || 1)
  const zero = top * scale
  const step = WIDTH / values.length
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden className="block">
      {values.map((value, index) => {
        if (value === undefined) return null
        const height = Math.max(1, Math.abs(value) * scale)
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a value's place in time.
            key={index}
            x={index * step}
            y={value >= 0 ? zero - height : zero}
            width={Math.max(1, step - GAP)}
            height={height}
            className={
              value < 0 ? 'fill-down-fill' : index === values.length - 1 ? 'fill-accent' : 'fill-line-strong'
            }
          />
        )
      })}
    </svg>
  )
}
