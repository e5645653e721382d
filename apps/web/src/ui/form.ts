// A small form: what was typed, what is wrong with it, and who is to blame. Errors come up when a field is left or
// the form is sent, and go as soon as it is mended; sending a faulty form leads to the first faulty field.
import { type FormEvent, useRef, useState } from 'react'

export type Faults<K extends string> = Partial<Record<K, string>>

interface FormOptions<K extends string> {
  initial: Record<K, string>
  /** Of what was typed: pure, by field. */
  check: (values: Record<K, string>) => Faults<K>
  /** Only called with values that check well. What it returns stands at the fields until they are changed. */
  send: (values: Record<K, string>) => Promise<Faults<K> | null | undefined>
}

export interface Form<K extends string> {
  values: Record<K, string>
  isSending: boolean
  set: (field: K, value: string) => void
  /** Forgets what was typed. */
  clear: (...fields: K[]) => void
  submit: (event: FormEvent<HTMLFormElement>) => void
  field: (name: K) => {
    name: K
    value: string
    error: string | null
    onChange: (event: { target: { value: string } }) => void
    onBlur: () => void
  }
}

export function useForm<K extends string>({ initial, check, send }: FormOptions<K>): Form<K> {
  const [values, setValues] = useState(initial)
  const [left, setLeft] = useState<ReadonlySet<K>>(new Set())
  const [refused, setRefused] = useState<Faults<K>>({})
  const [isSending, setSending] = useState(false)
  const busy = useRef(false)
  const faults = check(values)

  const set = (field: K, value: string) => {
    setValues((was) => ({ ...was, [field]: value }))
    setRefused(({ [field]: _, ...rest }) => rest as Faults<K>)
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    setLeft(new Set(Object.keys(initial) as K[]))
    if (Object.keys(faults).length > 0) return focusFirst(form, faults)
    if (busy.current) return
    busy.current = true
    setSending(true)
    void send(values)
      .then((told) => {
        if (!told) return
        setRefused(told)
        focusFirst(form, told)
      })
      .finally(() => {
        busy.current = false
        setSending(false)
      })
  }
  return {
    values,
    isSending,
    set,
    clear: (...fields) => {
      setValues((was) => ({
        ...was,
        ...(Object.fromEntries(fields.map((f) => [f, ''])) as Record<K, string>),
      }))
      setLeft((was) => new Set([...was].filter((f) => !fields.includes(f))))
    },
    submit,
    field: (name) => ({
      name,
      value: values[name],
      error: refused[name] ?? (left.has(name) ? (faults[name] ?? null) : null),
      onChange: (event) => set(name, event.target.value),
      // Passing by an empty field is no mistake yet.
      onBlur: () => values[name] !== '' && setLeft((was) => (was.has(name) ? was : new Set([...was, name]))),
    }),
  }
}

/** In the order in which they stand, once they are drawn with their faults. */
function focusFirst(form: HTMLFormElement, faults: Record<string, unknown>): void {
  requestAnimationFrame(() => {
    for (const input of form.querySelectorAll<HTMLInputElement>('input[name]')) {
      if (!(input.name in faults)) continue
      input.focus()
      return
    }
  })
}
