import { expect, it } from 'vitest'
import { createSocketCount } from './socket-count.ts'

it('counts people of one name at two deployments each for themselves', () => {
  const sockets = createSocketCount({ maxPerPerson: 1, max: 3 })
  const ada = { subject: 'ada' }
  const release = sockets.take({ id: 'a', user: ada, upstream: 'blue' })
  sockets.take({ id: 'a', user: ada, upstream: 'green' })
  expect(() => sockets.take({ id: 'a', user: ada, upstream: 'blue' })).toThrow(
    expect.objectContaining({ code: 'ERR_GATEWAY_USER_SOCKETS' }),
  )
  sockets.take({ id: 'a', user: { subject: 'bo' }, upstream: 'blue' })
  expect(() => sockets.take({ id: 'a', user: { subject: 'cleo' }, upstream: 'red' })).toThrow(
    expect.objectContaining({ code: 'ERR_GATEWAY_SOCKETS' }),
  )
  release()
  release()
  expect(sockets.count).toBe(2)
  sockets.take({ id: 'a', user: ada, upstream: 'blue' })
})
