import { describe, expect, it } from 'vitest'
import { productFor, qlikErrors } from '../../qlik/index.ts'
import { cloud } from '../../token/index.ts'
import type { AuditLog } from '../audit/audit-log.ts'
import { gatewayErrors } from '../errors.ts'
import { memoryStore } from '../store/memory-store.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'

/** The rows of a metric that are not zero. */
function rowsOf(text: string, name: string): string[] {
  return text.split('\n').filter((row) => row.startsWith(name) && !/ 0$/.test(row))
}

const audit: AuditLog = {
  record: async ({ event }) => {
    if (event === 'mint') throw gatewayErrors.ERR_GATEWAY_AUDIT({ problem: 'is away' })
  },
  recordLater: () => undefined,
  countDenial: () => undefined,
  healthy: true,
  close: async () => undefined,
}

describe('the metrics of a gateway', () => {
  it('G-O3 have no label from outside: paths, subjects, reasons, statuses', () => {
    const metrics = createGatewayMetrics()
    const counted = metrics.countAudit(audit)
    const rows = metrics.registry.text().split('\n').length
    for (const hostile of ['"}\nup 1', 'ada@acme.example', '../..', '', '9'.repeat(9999)]) {
      metrics.onProblem(hostile)
      metrics.onAnswered(Number(hostile), Number.NaN)
      counted.countDenial({ address: hostile, reason: hostile })
      counted.recordLater({ event: 'session-end', reason: hostile, subject: hostile })
    }
    const text = metrics.registry.text()
    expect(text.split('\n')).toHaveLength(rows)
    expect(text).not.toContain('ada')
  })

  it('count answers, refusals and endings', () => {
    const metrics = createGatewayMetrics()
    metrics.onAnswered(200, 3)
    metrics.onAnswered(503, 700)
    metrics.onAnswered(0, 20_000)
    metrics.onProblem('ERR_GATEWAY_PATH')
    metrics.onSocketsClosed({ event: 'sockets-closed', reason: 'revoked', count: 50, ms: 12 })
    const text = metrics.registry.text()
    expect(rowsOf(text, 'jotgate_requests_total')).toEqual([
      'jotgate_requests_total{answer="2xx"} 1',
      'jotgate_requests_total{answer="5xx"} 1',
      'jotgate_requests_total{answer="aborted"} 1',
    ])
    expect(rowsOf(text, 'jotgate_request_seconds_bucket{le="1"}')).toEqual([
      'jotgate_request_seconds_bucket{le="1"} 2',
    ])
    expect(rowsOf(text, 'jotgate_problems_total')).toEqual([
      'jotgate_problems_total{code="ERR_GATEWAY_PATH"} 1',
    ])
    expect(rowsOf(text, 'jotgate_revo')).toEqual([
      'jotgate_revocation_seconds_bucket{le="0.025"} 1',
      'jotgate_revocation_seconds_bucket{le="0.05"} 1',
      'jotgate_revocation_seconds_bucket{le="0.1"} 1',
      'jotgate_revocation_seconds_bucket{le="0.25"} 1',
      'jotgate_revocation_seconds_bucket{le="0.5"} 1',
      'jotgate_revocation_seconds_bucket{le="1"} 1',
      'jotgate_revocation_seconds_bucket{le="2"} 1',
      'jotgate_revocation_seconds_bucket{le="5"} 1',
      'jotgate_revocation_seconds_bucket{le="+Inf"} 1',
      'jotgate_revocation_seconds_sum 0.012',
      'jotgate_revocation_seconds_count 1',
      'jotgate_revoked_sockets_total 50',
    ])
  })

  it('count what the audit log and the store are given, and what they refuse', async () => {
    const metrics = createGatewayMetrics()
    const counted = metrics.countAudit(audit)
    await counted.record({ event: 'enter' })
    await expect(counted.record({ event: 'mint' })).rejects.toThrow('is away')
    counted.recordLater({ event: 'session-end', reason: 'expired' })
    counted.countDenial({ address: '192.0.2.1', reason: 'ERR_GATEWAY_RATE' })
    counted.countDenial({ address: '192.0.2.1', reason: 'the token of ada@acme.example is old' })
    const store = metrics.countStore(memoryStore())
    await store.put('session', { id: 'a', record: {}, expiresAt: Date.now() + 1000 })
    await store.close()
    // Nobody waits for it, and it ends no process.
    store.put('session', { id: 'b', record: {}, expiresAt: Date.now() + 1000 })
    await expect(store.delete('session', ['a'])).rejects.toThrow('closed')
    const text = metrics.registry.text()
    expect(rowsOf(text, 'jotgate_audit_lines_total')).toEqual([
      'jotgate_audit_lines_total{event="enter"} 1',
      'jotgate_audit_lines_total{event="mint"} 1',
      'jotgate_audit_lines_total{event="session-end"} 1',
    ])
    expect(rowsOf(text, 'jotgate_denials_total')).toEqual([
      'jotgate_denials_total{code="ERR_GATEWAY_NOT_IDENTIFIED"} 1',
      'jotgate_denials_total{code="ERR_GATEWAY_RATE"} 1',
    ])
    expect(rowsOf(text, 'jotgate_session_ends_total')).toEqual([
      'jotgate_session_ends_total{reason="expired"} 1',
    ])
    expect(rowsOf(text, 'jotgate_audit_write_seconds_count')).toHaveLength(1)
    expect(rowsOf(text, 'jotgate_audit_write_failures_total')).toEqual([
      'jotgate_audit_write_failures_total 1',
    ])
    expect(rowsOf(text, 'jotgate_store_write_seconds_count')).toEqual([
      'jotgate_store_write_seconds_count 1',
    ])
    expect(rowsOf(text, 'jotgate_store_write_failures_total')).toEqual([
      'jotgate_store_write_failures_total 2',
    ])
  })

  it('count logins at Qlik by what became of them', async () => {
    const metrics = createGatewayMetrics()
    const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
    const product = productFor(deployment)
    const failures = [
      qlikErrors.ERR_QLIK_RATE_LIMITED({ call: 'login', status: 429, retryAfterSeconds: 1 }),
      new Error('other'),
    ]
    for (const error of failures) {
      const counted = metrics.countLogins({ ...product, openSession: () => Promise.reject(error) })
      await expect(counted.openSession({ deployment, token: 'a.b.c' })).rejects.toBe(error)
      expect(counted.samplePath).toBe(product.samplePath)
    }
    for (const size of [3, 4]) metrics.addLoginQueue(() => size)
    expect(metrics.registry.text()).toContain('jotgate_qlik_logins_waiting 7\n')
    expect(rowsOf(metrics.registry.text(), 'jotgate_qlik_logins_total')).toEqual([
      'jotgate_qlik_logins_total{outcome="rate-limited"} 1',
      'jotgate_qlik_logins_total{outcome="failed"} 1',
    ])
  })
})
