/** The Sources page's outline while the first report is on its way. */
export function SourcesSkeleton() {
  return (
    <div role="status" aria-label="Loading the sources" className="overflow-hidden">
      <div className="flex h-11 items-center gap-3 border-b border-line px-3">
        <span className="skeleton h-6 w-80 max-sm:w-64" />
      </div>
      <div className="h-[30px] border-b border-line-strong bg-sunken max-[700px]:hidden" />
      {Array.from({ length: 7 }, (_, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity.
          key={index}
          className="flex h-11 items-center gap-8 border-b border-line px-3 max-[700px]:h-28"
        >
          <span className="flex flex-col gap-1.5">
            <span className="skeleton h-3 w-28" />
            <span className="skeleton h-2.5 w-20" />
          </span>
          <span className="skeleton h-3 w-14" />
          <span className="skeleton h-3 w-14" />
          <span className="skeleton h-3 w-14 max-[700px]:hidden" />
          <span className="skeleton h-3 w-14 max-[700px]:hidden" />
          <span className="skeleton ml-auto h-3 w-28 max-[1000px]:hidden" />
        </div>
      ))}
    </div>
  )
}
