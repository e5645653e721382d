/** The Market table's outline while the first rows are on their way. */
export function MarketSkeleton() {
  return (
    <div role="status" aria-label="Loading the market" className="h-full overflow-hidden bg-surface">
      <div className="h-[30px] border-b border-line-strong bg-sunken" />
      {Array.from({ length: 40 }, (_, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity.
          key={index}
          className="flex h-[30px] items-center gap-6 border-b border-line px-3 max-[700px]:h-12"
        >
          <span className="skeleton h-3 w-16" />
          <span className="skeleton h-3 w-48 max-[1100px]:hidden" />
          <span className="skeleton ml-auto h-3 w-16" />
          <span className="skeleton h-3 w-14" />
          <span className="skeleton h-3 w-16 max-[700px]:hidden" />
          <span className="skeleton h-3 w-28 max-[700px]:hidden" />
        </div>
      ))}
    </div>
  )
}
