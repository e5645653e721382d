import type { Watchlist, WatchlistItem } from '@onetape/api/router'
import { Check, ListPlus, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { lineOf } from '../../api/trpc.ts'
import { useListChanges, useWatchlists } from '../../api/watchlists.ts'
import { Alert } from '../../ui/Alert.tsx'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { Field } from '../../ui/Field.tsx'
import { IconButton } from '../../ui/IconButton.tsx'
import { closeAddToList, useAddedItem } from './add-desk.ts'

/** Stands once on every page. */
export function AddToListDesk() {
  const item = useAddedItem()
  return item && <AddToListDialog key={item.key} item={item} />
}

/** In which lists an instrument is: each a switch. */
function AddToListDialog({ item }: { item: WatchlistItem }) {
  const lists = useWatchlists()
  const { add, drop, create } = useListChanges()
  const [name, setName] = useState('')
  const error = add.error ?? drop.error ?? create.error ?? lists.error
  const make = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '') return
    create.mutate({ name: name.trim(), keys: [item.key] }, { onSuccess: () => setName('') })
  }
  return (
    <Dialog
      label={`Lists with ${item.symbol}`}
      onClose={closeAddToList}
      className="sm:w-[min(24rem,calc(100vw-1.5rem))]!"
    >
      <div className="flex items-center justify-between border-b border-line py-2 pr-2 pl-4">
        <h2 className="min-w-0 truncate text-[15px] font-semibold">
          {item.symbol} <span className="font-normal text-muted">in your lists</span>
        </h2>
        <IconButton label="Close" onClick={closeAddToList}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      {lists.isPending ? (
        <p role="status" className="px-4 py-3 text-muted">
          Reading your lists…
        </p>
      ) : (
        <ul aria-label="Your lists" className="max-h-[44vh] overflow-y-auto p-1.5">
          {(lists.data ?? []).map((list, index) => (
            <li key={list.id}>
              <Switch
                list={list}
                isIn={list.items.some(({ key }) => key === item.key)}
                autoFocus={index === 0}
                onChange={(isIn) =>
                  isIn ? add.mutate({ id: list.id, item }) : drop.mutate({ id: list.id, keys: [item.key] })
                }
              />
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={make} className="flex items-end gap-2 border-t border-line px-4 py-3">
        <Field
          label="New list"
          value={name}
          maxLength={60}
          autoFocus={lists.data?.length === 0}
          onChange={(event) => setName(event.target.value)}
          placeholder="Name"
          className="flex-1"
        />
        <Button type="submit" disabled={name.trim() === '' || create.isPending} className="h-8.5 max-sm:h-11">
          <ListPlus size={14} aria-hidden /> Make and add
        </Button>
      </form>
      {error && (
        <Alert tone="alarm" title="That was not done." className="mx-4 mb-3">
          {lineOf(error)}
        </Alert>
      )}
    </Dialog>
  )
}

interface SwitchProps {
  list: Watchlist
  isIn: boolean
  autoFocus: boolean
  onChange: (isIn: boolean) => void
}

const Switch = ({ list, isIn, autoFocus, onChange }: SwitchProps) => (
  <button
    type="button"
    role="switch"
    aria-checked={isIn}
    // biome-ignore lint/a11y/noAutofocus: the dialog was opened to press one of these.
    autoFocus={autoFocus}
    onClick={() => onChange(!isIn)}
    className="flex w-full items-center gap-2.5 rounded-md px-2.5 py-1.5 text-left hover:bg-hover max-sm:py-3"
  >
    <span
      aria-hidden
      className={`grid size-4 shrink-0 place-items-center rounded border ${isIn ? 'border-accent bg-accent text-on-accent' : 'border-line-strong'}`}
    >
      {isIn && <Check size={12} />}
    </span>
    <span className="min-w-0 flex-1 truncate">{list.name}</span>
    <span className="text-muted tabular-nums">{list.items.length}</span>
  </button>
)
