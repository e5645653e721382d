import type { Watchlist, WatchlistItem } from '@onetape/api/router'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { CircleAlert, Download, FileUp, ListPlus, ListX, Plus, Rows3 } from 'lucide-react'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { connectionQuery, useTape } from '../api/tape.ts'
import { isConflict, lineOf } from '../api/trpc.ts'
import { exportList, type ListChanges, useListChanges, useWatch, useWatchlists } from '../api/watchlists.ts'
import { MarketSkeleton } from '../components/MarketSkeleton.tsx'
import { SearchDialog } from '../components/SearchDialog.tsx'
import { ImportDialog } from '../components/watchlist/ImportDialog.tsx'
import { ListRail } from '../components/watchlist/ListRail.tsx'
import { type Undo, UndoBar } from '../components/watchlist/UndoBar.tsx'
import { WatchTable } from '../components/watchlist/WatchTable.tsx'
import { Alert } from '../ui/Alert.tsx'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Kbd } from '../ui/Kbd.tsx'
import { Notice } from '../ui/Notice.tsx'
import { useShortcuts } from '../ui/shortcuts.ts'

const route = getRouteApi('/watchlists')

export function WatchlistsPage() {
  const lists = useWatchlists()
  const changes = useListChanges()
  const { list: wanted } = route.useSearch()
  const navigate = route.useNavigate()
  const [dialog, setDialog] = useState<'search' | 'import' | null>(null)
  const [undo, setUndo] = useState<Undo | null>(null)
  const all = lists.data ?? []
  const chosen = all.find((list) => list.id === wanted) ?? all[0] ?? null
  const choose = (id: string) => void navigate({ search: { list: id }, replace: true })
  useWatch(chosen?.id ?? null, chosen?.items.map((item) => item.key).join() ?? '')
  useShortcuts({
    a: () => chosen && setDialog('search'),
    i: () => setDialog('import'),
  })
  useEffect(() => {
    document.title = 'Watchlists · OneTape'
  }, [])

  const remove = (list: Watchlist) => {
    const position = all.indexOf(list)
    changes.remove.mutate({ id: list.id })
    setUndo({
      what: `${list.name} is removed.`,
      back: () =>
        changes.create.mutate(
          { name: list.name, keys: list.items.map((item) => item.key), position },
          { onSuccess: ({ id }) => choose(id) },
        ),
    })
  }
  const drop = (list: Watchlist, item: WatchlistItem) => {
    const keys = list.items.map(({ key }) => key)
    changes.drop.mutate({ id: list.id, keys: [item.key] })
    setUndo({
      what: `${item.symbol} is out of ${list.name}.`,
      back: () => {
        changes.add.mutate({ id: list.id, item })
        changes.setItems.mutate({ id: list.id, keys })
      },
    })
  }

  return (
    <main className="flex min-h-0 flex-1 max-md:flex-col">
      <h1 className="sr-only">Watchlists</h1>
      <section
        aria-label="Your lists"
        className="flex w-60 shrink-0 flex-col border-r border-line bg-surface max-md:w-full max-md:border-r-0 max-md:border-b"
      >
        <NewList changes={changes} onMade={choose} onImport={() => setDialog('import')} />
        {lists.isPending ? (
          <RailSkeleton />
        ) : (
          <ListRail
            lists={all}
            chosen={chosen?.id ?? null}
            onChoose={choose}
            onOrder={(ids) => changes.reorder.mutate({ ids })}
            onRename={(id, name) => changes.rename.mutate({ id, name })}
            onRemove={remove}
          />
        )}
      </section>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
        <Trouble changes={changes} />
        {chosen ? (
          <Chosen
            list={chosen}
            changes={changes}
            onAdd={() => setDialog('search')}
            onDrop={(item) => drop(chosen, item)}
          />
        ) : lists.isPending ? (
          <MarketSkeleton />
        ) : lists.error ? (
          <Unreadable error={lists.error} onRetry={() => void lists.refetch()} />
        ) : (
          <NoLists onImport={() => setDialog('import')} />
        )}
        {undo && <UndoBar undo={undo} onOver={() => setUndo(null)} />}
      </div>
      {dialog === 'search' && chosen && (
        <SearchDialog
          onClose={() => setDialog(null)}
          onPick={({ key, symbol, name, assetClass }) =>
            changes.add.mutate({ id: chosen.id, item: { key, symbol, name, assetClass } })
          }
        />
      )}
      {dialog === 'import' && <ImportDialog onClose={() => setDialog(null)} onImported={choose} />}
    </main>
  )
}

interface NewListProps {
  changes: ListChanges
  onMade: (id: string) => void
  onImport: () => void
}

function NewList({ changes, onMade, onImport }: NewListProps) {
  const [name, setName] = useState('')
  const make = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '') return
    changes.create.mutate(
      { name: name.trim() },
      {
        onSuccess: ({ id }) => {
          setName('')
          onMade(id)
        },
      },
    )
  }
  return (
    <form onSubmit={make} className="flex items-center gap-1 border-b border-line p-2">
      <input
        aria-label="Name of a new list"
        placeholder="New list"
        value={name}
        maxLength={60}
        onChange={(event) => setName(event.target.value)}
        className="h-7 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2 placeholder:text-muted max-sm:h-9 max-sm:text-base"
      />
      <IconButton type="submit" label="Make the list" disabled={name.trim() === ''}>
        <Plus size={16} aria-hidden />
      </IconButton>
      <IconButton label="Import a list (i)" onClick={onImport}>
        <FileUp size={15} aria-hidden />
      </IconButton>
    </form>
  )
}

interface ChosenProps {
  list: Watchlist
  changes: ListChanges
  onAdd: () => void
  onDrop: (item: WatchlistItem) => void
}

function Chosen({ list, changes, onAdd, onDrop }: ChosenProps) {
  const isLive = useQuery(connectionQuery).data?.open ?? false
  const hasTape = useTape() !== undefined
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-2">
        <h2 className="min-w-0 truncate text-[15px] font-semibold">{list.name}</h2>
        <span className="text-muted tabular-nums">
          {list.items.length} {list.items.length === 1 ? 'instrument' : 'instruments'}
        </span>
        <div className="ml-auto flex gap-2">
          <Button onClick={onAdd} title="Add an instrument (a)">
            <ListPlus size={14} aria-hidden /> Add
          </Button>
          <Export list={list} />
        </div>
      </div>
      <div className="min-h-0 flex-1">
        {list.items.length === 0 ? (
          <Notice
            icon={<ListX size={28} aria-hidden />}
            title={`Nothing in ${list.name} yet`}
            action={<Button onClick={onAdd}>Add an instrument</Button>}
          >
            Press <Kbd>a</Kbd> here, or on a row of the market or an instrument’s page.
          </Notice>
        ) : !hasTape ? (
          <MarketSkeleton />
        ) : (
          <WatchTable
            listId={list.id}
            items={list.items}
            isLive={isLive}
            onOrder={(keys) => changes.setItems.mutate({ id: list.id, keys })}
            onDrop={onDrop}
          />
        )}
      </div>
    </>
  )
}

function Export({ list }: { list: Watchlist }) {
  const [error, setError] = useState<unknown>(null)
  const save = async () => {
    setError(null)
    try {
      const { filename, text } = await exportList(list.id)
      const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
      const link = document.createElement('a')
      link.href = url
      link.download = filename
      link.click()
      URL.revokeObjectURL(url)
    } catch (failure) {
      setError(failure)
    }
  }
  return (
    <>
      <Button onClick={() => void save()} title="Download as CSV">
        <Download size={14} aria-hidden /> Export
      </Button>
      {error !== null && (
        <span role="alert" className="self-center text-alarm">
          {lineOf(error)}
        </span>
      )}
    </>
  )
}

/** What was refused; what was shown of it has been taken back. */
function Trouble({ changes }: { changes: ListChanges }) {
  const failed = Object.values(changes).find((change) => change.error !== null)
  const box = useRef<HTMLDivElement>(null)
  if (!failed) return null
  return (
    <div ref={box} className="border-b border-line p-2">
      <Alert
        tone={isConflict(failed.error) ? 'warn' : 'alarm'}
        title={isConflict(failed.error) ? 'Changed elsewhere meanwhile.' : 'That was not stored.'}
        action={<Button onClick={() => failed.reset()}>Understood</Button>}
      >
        {lineOf(failed.error)}
      </Alert>
    </div>
  )
}

const Unreadable = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => (
  <Notice
    icon={<CircleAlert size={28} aria-hidden />}
    title="Your lists could not be read"
    action={<Button onClick={onRetry}>Try again</Button>}
  >
    {lineOf(error)}
  </Notice>
)

const NoLists = ({ onImport }: { onImport: () => void }) => (
  <Notice
    icon={<Rows3 size={28} aria-hidden />}
    title="You have no lists yet"
    action={<Button onClick={onImport}>Import one</Button>}
  >
    Name one at the side. What a list holds is asked for every minute while you look at it.
  </Notice>
)

const RailSkeleton = () => (
  <div role="status" aria-label="Loading your lists" className="flex flex-col gap-3 p-3">
    {['w-28', 'w-36', 'w-24'].map((width) => (
      <span key={width} className={`skeleton h-3 ${width}`} />
    ))}
  </div>
)
