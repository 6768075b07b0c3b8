import { expect, it } from 'vitest'
import type { QlikSession } from '../../qlik/index.ts'
import { endAtNodes } from './qlik-ending.ts'

const id = 'eccfad38-8851-4064-85fd-79c1d0a6bc84'
const sessionAt = (prefix: string): QlikSession => ({
  deployment: { product: 'client-managed', url: 'https://a.example', prefix },
  openedAt: 0,
  cookies: new Map([['X-Qlik-Session-jwt', id]]),
})

it('finds the nodes of a virtual proxy once in ten minutes, and ends each session there', async () => {
  let now = 0
  const asked: string[] = []
  const ended: string[] = []
  const node = {
    async endSession(prefix: string, session: string) {
      ended.push(`${prefix} ${session}`)
      return true
    },
  }
  const end = endAtNodes(
    async (prefix) => {
      asked.push(prefix)
      return [node]
    },
    () => now,
  )
  await Promise.all([end(sessionAt('jwt')), end(sessionAt('jwt')), end(sessionAt('other'))])
  expect(asked).toEqual(['jwt', 'other'])
  expect(ended.sort()).toEqual([`jwt ${id}`, `jwt ${id}`, `other ${id}`])
  now = 600_001
  await end(sessionAt('jwt'))
  expect(asked).toEqual(['jwt', 'other', 'jwt'])
})

it('asks again when the repository has not answered, and says when no node serves it', async () => {
  const away = new Error('away')
  const answers = [Promise.reject(away), Promise.resolve([])]
  const end = endAtNodes(() => answers.shift() ?? Promise.resolve([]))
  await expect(end(sessionAt('jwt'))).rejects.toBe(away)
  await expect(end(sessionAt('jwt'))).rejects.toThrow('no node that serves the virtual proxy “jwt”')
})
