import { useEffect, useState } from 'react'

/** Whole seconds until something may be tried again; browser time. */
export function useCountdown(): { leftS: number; start: (seconds: number) => void } {
  const [untilMs, setUntilMs] = useState(0)
  const [nowMs, setNowMs] = useState(0)
  const leftS = Math.max(0, Math.ceil((untilMs - nowMs) / 1_000))
  const isRunning = leftS > 0
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => setNowMs(Date.now()), 250)
    return () => clearInterval(timer)
  }, [isRunning])
  return {
    leftS,
    start: (seconds) => {
      setNowMs(Date.now())
      setUntilMs(Date.now() + seconds * 1_000)
    },
  }
}
