import { describe, expect, it } from 'vitest'
import { readStartOptions } from './options.ts'

describe('the options of npm start', () => {
  it('are 4848, 4443, 3000 and 4080 when nothing is said', () => {
    expect(readStartOptions([], {})).toEqual({
      emulatorPort: 4848,
      serverPort: 4443,
      portalPort: 3000,
      gatewayPort: 4080,
    })
  })

  it('come from flags before the environment', () => {
    const environment = { JOTGATE_EMULATOR_PORT: '5000', JOTGATE_PORTAL_PORT: '5001' }
    const args = ['--portal-port', '6001', '--server-port', '6002', '--gateway-port', '6003']
    expect(readStartOptions(args, environment)).toEqual({
      emulatorPort: 5000,
      serverPort: 6002,
      portalPort: 6001,
      gatewayPort: 6003,
    })
  })

  it.each([
    [['--portal-port', '0'], {}, '--portal-port takes a port from 1 to 65535, not "0".'],
    [['--portal-port', '65536'], {}, '--portal-port takes a port from 1 to 65535'],
    [[], { JOTGATE_PORTAL_PORT: 'http' }, 'JOTGATE_PORTAL_PORT takes a port'],
    [['--portal-port', '4848'], {}, 'cannot share port 4848'],
    [[], { JOTGATE_GATEWAY_PORT: '3000' }, 'cannot share port 3000'],
    [['--prot', '1'], {}, "Unknown option '--prot'"],
    [['--portal-port', 'abc'], {}, '--portal-port takes a port from 1 to 65535, not "abc".'],
    [['abc'], {}, '"abc" belongs to no option. Options go behind --'],
  ])('refuse %j with %j', (args, environment, message) => {
    expect(() => readStartOptions(args, environment)).toThrow(message)
  })

  it('show the help when asked', () => {
    expect(readStartOptions(['--help'], {})).toBe('help')
  })
})
