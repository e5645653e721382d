const HEIGHTS = [
  34, 42, 38, 51, 47, 58, 52, 61, 55, 49, 57, 66, 60, 71, 64, 58, 63, 55, 61, 68, 74, 69, 62, 70,
]

/** A chart's outline while its bars are on their way. */
export function ChartSkeleton() {
  return (
    <div
      role="status"
      aria-label="Loading the chart"
      className="flex h-full items-end gap-[1.6%] px-6 pt-16 pb-10"
    >
      {HEIGHTS.map((height, index) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: bars without identity.
          key={index}
          className="skeleton flex-1"
          style={{ height: `${height}%`, animationDelay: `${index * 40}ms` }}
        />
      ))}
    </div>
  )
}
