// Benchmarks by name: `pnpm bench NAME [--json]`.
export {}
