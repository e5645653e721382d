import { X } from 'lucide-react'
import { Dialog } from '../ui/Dialog.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Kbd } from '../ui/Kbd.tsx'

const GROUPS: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Anywhere',
    keys: [
      [['/'], 'Search instruments'],
      [['Ctrl', 'K'], 'Search instruments, also while typing'],
      [['g'], 'Go to the market'],
      [['w'], 'Go to your watchlists'],
      [['s'], 'Go to the sources'],
      [['y'], 'Go to your order'],
      [['p'], 'Go to the operations'],
      [['t'], 'Switch the theme'],
      [['?'], 'This help'],
    ],
  },
  {
    title: 'Market',
    keys: [
      [['↑', '↓'], 'Move by a row'],
      [['Page Up', 'Page Down'], 'Move by a page'],
      [['Home', 'End'], 'First and last row'],
      [['Enter'], 'Open the instrument'],
      [['r'], 'Receipt of the row’s price'],
      [['a'], 'Add the row to a list'],
      [['f'], 'Filter the table'],
    ],
  },
  {
    title: 'Watchlists',
    keys: [
      [['a'], 'Add an instrument to the list'],
      [['i'], 'Import a list'],
      [['Alt', '↑'], 'Move the row or the list up; down with ↓'],
      [['Delete'], 'Take the row out, or remove the list'],
      [['F2'], 'Rename the list'],
    ],
  },
  {
    title: 'Instrument',
    keys: [
      [['r'], 'Receipt of the price'],
      [['a'], 'Add it to a list'],
      [['c'], 'Chart'],
      [['f'], 'Fundamentals'],
      [['o'], 'Options'],
      [['1', '…', '9'], 'Timeframe, from a minute to a month'],
      [['b'], 'Basis: raw, for splits, total return'],
      [['←', '→'], 'Move through time, with the chart focused'],
      [['+', '−'], 'Finer or coarser, with the chart focused'],
      [['Home'], 'The whole history, with the chart focused'],
      [['End'], 'Back to the latest bar, with the chart focused'],
    ],
  },
  {
    title: 'Your order',
    keys: [
      [['←', '→'], 'Move between the sources of a row'],
      [['Space'], 'Lift a source; arrows move it, Space drops it'],
      [['Alt', '← →'], 'Move a source at once'],
      [['Del'], 'Take a source out'],
      [['Ctrl', 'Z'], 'Undo'],
      [['e'], 'Explain: pick an instrument'],
    ],
  },
  {
    title: 'Sources',
    keys: [
      [['↑', '↓'], 'Move between sources'],
      [['Enter'], 'Open or close a source'],
      [['Esc'], 'Close it'],
      [['e'], 'Explain: pick an instrument'],
      [['c'], 'Connect a source'],
    ],
  },
]

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog label="Keyboard shortcuts" onClose={onClose} className="sm:w-[min(48rem,calc(100vw-1.5rem))]!">
      <div className="flex items-center justify-between border-b border-line px-4 py-2.5">
        <h2 className="text-[15px] font-semibold">Keyboard shortcuts</h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
        tabIndex={0}
        aria-label="Shortcuts"
        className="max-h-[68vh] gap-x-10 overflow-y-auto p-4 outline-offset-[-2px] sm:columns-2"
      >
        {GROUPS.map((group) => (
          <section key={group.title} className="break-inside-avoid pb-4">
            <h3 className="pb-1.5 text-xs font-semibold text-muted">{group.title}</h3>
            <dl className="flex flex-col gap-1">
              {group.keys.map(([keys, what]) => (
                <div key={what} className="flex items-center justify-between gap-4">
                  <dt className="order-last flex gap-1">
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <dd>{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </section>
    </Dialog>
  )
}
