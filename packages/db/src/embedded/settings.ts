// Server settings, given on the command line so that an old data folder gets new ones.
import { existsSync, statfsSync } from 'node:fs'
import { totalmem } from 'node:os'

const MB = 1024 * 1024

export interface ServerOptions {
  /** Off for throw-away test data alone: a power cut may then lose the database. */
  fsync: boolean
}

export function serverSettings(port: number, options: ServerOptions): string[] {
  const memoryMb = totalmem() / MB
  const settings: Record<string, string | number> = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: memoryMb >= 4096 ? '256MB' : memoryMb >= 1536 ? '128MB' : '32MB',
    effective_cache_size: `${Math.max(64, Math.round(memoryMb / 2))}MB`,
    work_mem: memoryMb >= 4096 ? '16MB' : '4MB',
    maintenance_work_mem: memoryMb >= 4096 ? '128MB' : '32MB',
    dynamic_shared_memory_type: sharedMemoryType(),
    // A query over many partitions locks each of them.
    max_locks_per_transaction: 256,
    // After a checkpoint a batch of 8,000 symbols touches as many pages anew, each of which goes into the log whole. To
    // compress them saves a fifth of the log and makes that batch ten times slower; lz4 is not in every build.
    wal_compression: 'off',
    min_wal_size: '128MB',
    max_wal_size: memoryMb >= 1536 ? '2GB' : '512MB',
    checkpoint_timeout: '10min',
    random_page_cost: 1.1,
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_line_prefix: '%m [%p] %a ',
    tcp_keepalives_idle: 30,
  }
  if (!options.fsync)
    Object.assign(settings, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' })
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** Parallel queries share memory through /dev/shm; containers often have 64 MB of it, too little. */
function sharedMemoryType(): 'posix' | 'mmap' {
  if (process.platform !== 'linux') return 'posix'
  if (!existsSync('/dev/shm')) return 'mmap'
  const { bsize, blocks } = statfsSync('/dev/shm')
  return bsize * blocks >= 512 * MB ? 'posix' : 'mmap'
}
