// Preloaded (node --import) into a process that has an IPC channel to whoever started it: when that one is
// gone, in whatever way, this one is asked to stop, and made to a little later.
const PATIENCE_MS = 7_500

process.on('disconnect', () => {
  process.kill(process.pid, 'SIGTERM')
  setTimeout(() => process.exit(1), PATIENCE_MS).unref()
})
// A listener keeps the channel, and with it the process, alive; this one shall not.
process.channel?.unref()
