import clsx from 'clsx'
import { Eye, EyeOff } from 'lucide-react'
import { type InputHTMLAttributes, type ReactNode, useId, useState } from 'react'

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id'> {
  label: string
  /** Under the input: what belongs in it. */
  hint?: ReactNode
  /** What is wrong with it; read out with the input. */
  error?: string | null
  ref?: React.Ref<HTMLInputElement>
}

const INPUT =
  'h-8.5 w-full min-w-0 rounded-md border bg-surface px-2.5 text-[13px] text-ink placeholder:text-muted max-sm:h-11 max-sm:text-base'

/** A labelled line of text. */
export function Field(props: FieldProps) {
  return <Framed {...props} input={(own) => <input {...own} />} />
}

/**
 * A line that is not shown unless asked for. Given no `autoComplete`, neither the browser nor a password manager is
 * to keep it: a vendor's key is no password of this site.
 */
export function SecretField({ autoComplete, ...props }: FieldProps) {
  const [isShown, setShown] = useState(false)
  const Icon = isShown ? EyeOff : Eye
  const isOurs = autoComplete !== undefined
  return (
    <Framed
      {...props}
      input={(own) => (
        <span className="relative block">
          <input
            {...own}
            type={isShown ? 'text' : 'password'}
            autoComplete={autoComplete ?? 'off'}
            {...(!isOurs && { 'data-1p-ignore': true, 'data-lpignore': 'true', 'data-bwignore': true })}
            spellCheck={false}
            autoCapitalize="none"
            autoCorrect="off"
            className={clsx(own.className, 'pr-9 font-mono')}
          />
          <button
            type="button"
            aria-label={isShown ? `Hide ${props.label}` : `Show ${props.label}`}
            title={isShown ? 'Hide' : 'Show'}
            aria-pressed={isShown}
            disabled={props.disabled}
            onClick={() => setShown(!isShown)}
            className="absolute inset-y-0 right-0 inline-flex w-9 items-center justify-center rounded-md text-muted hover:text-ink"
          >
            <Icon size={15} aria-hidden />
          </button>
        </span>
      )}
    />
  )
}

function Framed({
  label,
  hint,
  error,
  className,
  input,
  ...rest
}: FieldProps & { input: (own: InputHTMLAttributes<HTMLInputElement>) => ReactNode }) {
  const id = useId()
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="text-xs font-medium">
        {label}
        {rest.required === false && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {input({
        ...rest,
        id,
        'aria-invalid': error ? true : undefined,
        'aria-describedby': described || undefined,
        className: clsx(INPUT, error ? 'border-alarm' : 'border-line-strong'),
      })}
      {error && (
        <p id={`${id}-error`} className="text-xs text-alarm">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-[11px] text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}
