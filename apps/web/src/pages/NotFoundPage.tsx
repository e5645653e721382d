import { Link } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { useEffect } from 'react'
import { Kbd } from '../ui/Kbd.tsx'
import { Notice } from '../ui/Notice.tsx'

export function NotFoundPage() {
  useEffect(() => {
    document.title = 'Not found · OneTape'
  }, [])
  return (
    <main className="min-h-0 flex-1 bg-surface">
      <h1 className="sr-only">Page not found</h1>
      <Notice
        icon={<Compass size={28} aria-hidden />}
        title="There is no such page"
        action={
          <Link
            to="/"
            className="rounded-md border border-line-strong px-3 py-1.5 text-xs font-medium hover:bg-hover"
          >
            To the market
          </Link>
        }
      >
        The address may be mistyped. Press <Kbd>/</Kbd> to search for an instrument.
      </Notice>
    </main>
  )
}
