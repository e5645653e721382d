import { TRPCError } from '@trpc/server'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { ApiProblem, codeOf, problemOf } from './errors.ts'

const quiet = () => {}

describe('what an error becomes', () => {
  it('masks what it does not know behind an id that is in the log with the cause', () => {
    const log = vi.fn()
    const secret = new Error('password is hunter2 at /srv/secret.ts:1')
    const problem = problemOf(secret, log)
    expect(problem).toMatchObject({ kind: 'internal' })
    expect(problem.message).not.toMatch(/hunter2|secret/)
    const { id, error } = log.mock.calls[0]![0]
    expect(problem.message).toContain(id)
    expect(error).toBe(secret)
  })

  it('keeps the line of our own problems, however deep they are wrapped, and logs nothing', () => {
    const log = vi.fn()
    const wrapped = new Error('outer', {
      cause: new ApiProblem('not_found', 'The tape has no instrument "X".'),
    })
    expect(problemOf(wrapped, log)).toMatchObject({
      kind: 'not_found',
      message: 'The tape has no instrument "X".',
    })
    expect(log).not.toHaveBeenCalled()
  })

  it.each([
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }),
    Object.assign(new Error('the database system is starting up'), { code: '57P03' }),
    new Error('Connection terminated unexpectedly'),
    new Error('Failed query', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) }),
    new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })], 'all addresses failed'),
  ])('calls an absent database absent: $message', (error) => {
    expect(problemOf(error, quiet)).toMatchObject({ kind: 'unavailable' })
  })

  it('does not call a broken statement an absent database', () => {
    const error = Object.assign(new Error('relation does not exist'), { code: '42P01' })
    expect(problemOf(error, quiet)).toMatchObject({ kind: 'internal' })
  })

  it('names the field of a request that is wrong', () => {
    const { error } = z.object({ limit: z.number().max(5) }).safeParse({ limit: 9 })
    const problem = problemOf(new TRPCError({ code: 'BAD_REQUEST', cause: error }), quiet)
    expect(problem.kind).toBe('invalid_request')
    expect(problem.message).toMatch(/^limit: .*5$/)
  })

  it('gives each kind its codes', () => {
    expect(codeOf('not_found')).toEqual({ trpc: 'NOT_FOUND', http: 404 })
    expect(codeOf('unavailable')).toEqual({ trpc: 'SERVICE_UNAVAILABLE', http: 503 })
  })
})
