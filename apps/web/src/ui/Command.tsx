import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'

/** A command line to run, with a button that copies it. */
export function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <span className="inline-flex max-w-full items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-2.5">
      <code className="overflow-x-auto font-mono text-xs whitespace-nowrap text-ink">{text}</code>
      <button
        type="button"
        aria-label={copied ? 'Copied' : 'Copy command'}
        title={copied ? 'Copied' : 'Copy command'}
        onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true))}
        className="rounded p-1 text-muted hover:bg-hover hover:text-ink"
      >
        {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      </button>
    </span>
  )
}
