import clsx from 'clsx'
import { CHAIN_COLUMNS, type ChainColumn, MIRRORED_COLUMNS } from './chain-columns.ts'

export function ChainHeader() {
  const cell = 'sticky z-10 bg-sunken px-1.5 text-[11px] font-medium text-muted'
  const columns = (side: 'Call' | 'Put', list: ChainColumn[]) =>
    list.map((column) => (
      <th
        key={column.name}
        scope="col"
        title={column.title}
        className={clsx(cell, 'top-6 h-6 border-b border-line-strong', column.from)}
      >
        <span className="sr-only">{side} </span>
        {column.name}
      </th>
    ))
  const group = clsx(cell, 'top-0 h-6 text-center')
  return (
    <thead>
      <tr>
        <SideHead name="Calls" className={group} />
        <th className={group}>
          <span className="sr-only">Between them</span>
        </th>
        <SideHead name="Puts" className={group} />
      </tr>
      <tr>
        {columns('Call', MIRRORED_COLUMNS)}
        <th scope="col" className={clsx(cell, 'top-6 border-b border-line-strong text-center text-ink')}>
          Strike
        </th>
        {columns('Put', CHAIN_COLUMNS)}
      </tr>
    </thead>
  )
}

/** Spans as many columns as are there at each width; a hidden header cell spans nothing. */
const SideHead = ({ name, className }: { name: string; className: string }) => (
  <>
    <th scope="colgroup" colSpan={2} className={clsx(className, '@min-[420px]:hidden')}>
      {name}
    </th>
    <th
      scope="colgroup"
      colSpan={3}
      className={clsx(className, 'hidden @min-[420px]:table-cell @min-[520px]:hidden')}
    >
      {name}
    </th>
    <th
      scope="colgroup"
      colSpan={4}
      className={clsx(className, 'hidden @min-[520px]:table-cell @min-[720px]:hidden')}
    >
      {name}
    </th>
    <th
      scope="colgroup"
      colSpan={7}
      className={clsx(className, 'hidden @min-[720px]:table-cell @min-[1040px]:hidden')}
    >
      {name}
    </th>
    <th scope="colgroup" colSpan={10} className={clsx(className, 'hidden @min-[1040px]:table-cell')}>
      {name}
    </th>
  </>
)
