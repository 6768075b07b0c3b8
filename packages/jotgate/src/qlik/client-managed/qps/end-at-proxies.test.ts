import { expect, it } from 'vitest'
import { endSessionAtProxies } from './end-at-proxies.ts'

const id = 'eccfad38-8851-4064-85fd-79c1d0a6bc84'
const deployment = { product: 'client-managed', url: 'https://a.example', prefix: 'jwt' } as const
const session = {
  deployment,
  cookies: new Map([
    ['AWSALB', 'balancer'],
    ['X-Qlik-Session-jwt', id],
  ]),
}

/** A node of a site, which writes down what it is asked to end. */
function nodeWith(answer: boolean | Error) {
  const asked: string[][] = []
  const endSession = async (prefix: string, sessionId: string) => {
    asked.push([prefix, sessionId])
    if (answer instanceof Error) throw answer
    return answer
  }
  return { asked, endSession }
}

it('asks each node for the session’s ID, and for nothing else in its cookies', async () => {
  const nodes = [nodeWith(false), nodeWith(true)]
  expect(await endSessionAtProxies(session, nodes)).toBe(true)
  expect(nodes.map(({ asked }) => asked)).toEqual([[['jwt', id]], [['jwt', id]]])
  expect(await endSessionAtProxies(session, [nodeWith(false)])).toBe(false)
})

it('is done when one node had it, whatever another says, and fails otherwise', async () => {
  const away = new Error('away')
  expect(await endSessionAtProxies(session, [nodeWith(away), nodeWith(true)])).toBe(true)
  await expect(endSessionAtProxies(session, [nodeWith(away), nodeWith(false)])).rejects.toBe(away)
})
