import { describe, expect, it } from 'vitest'
import { choice, expectedValues, flag, wholeNumber } from './switch-definition.ts'
import { createSwitches, parseSwitches, parseSwitchText } from './switches.ts'

const definitions = {
  usersMeStatus: choice([301, 200], 'Whether users/me redirects, or answers itself'),
  webSocketRefusal: choice(['http', 'close'], 'How a web socket is refused'),
  strictSubType: flag(false, 'Whether a token without subType is refused'),
  defaultClockToleranceSec: wholeNumber(5, [0, 3600], 'The clock tolerance where none is set'),
}

describe('the switches', () => {
  it('begin at their defaults, take changes, and go back to what they were started with', () => {
    const switches = createSwitches(definitions, { usersMeStatus: 200 })
    expect(switches.get()).toMatchObject({ usersMeStatus: 200, defaultClockToleranceSec: 5 })
    switches.set({ defaultClockToleranceSec: 0 })
    expect(switches.get().defaultClockToleranceSec).toBe(0)
    switches.reset()
    expect(switches.get()).toMatchObject({ usersMeStatus: 200, defaultClockToleranceSec: 5 })
  })

  it('give copies', () => {
    const switches = createSwitches(definitions)
    switches.get().usersMeStatus = 200
    expect(switches.get().usersMeStatus).toBe(301)
  })

  it('change nothing when one of several changes is wrong', () => {
    const switches = createSwitches(definitions)
    const changes = { usersMeStatus: 200, webSocketRefusal: 'sometimes' } as unknown as {
      usersMeStatus: 200
    }
    expect(() => switches.set(changes)).toThrow(
      expect.objectContaining({ code: 'ERR_EMULATOR_SWITCH_VALUE', hint: 'It takes http, close.' }),
    )
    expect(switches.get().usersMeStatus).toBe(301)
  })

  it.each<[string, unknown]>([
    ['defaultClockToleranceSec', -1],
    ['defaultClockToleranceSec', 1.5],
    ['defaultClockToleranceSec', 3601],
    ['defaultClockToleranceSec', '5'],
    ['strictSubType', 'true'],
    ['usersMeStatus', '301'],
    ['webSocketRefusal', null],
  ])('refuse %s = %j', (name, value) => {
    expect(() => parseSwitches(definitions, { [name]: value })).toThrow('does not take this value')
  })

  it.each(['usersMeStatis', 'USERSMESTATUS'])('suggest a name for %s', (name) => {
    expect(() => parseSwitches(definitions, { [name]: 200 })).toThrow(
      expect.objectContaining({
        code: 'ERR_EMULATOR_SWITCH_NAME',
        hint: 'Did you mean usersMeStatus?',
      }),
    )
  })

  it.each(['__proto__', 'constructor', 'toString'])('know no switch %s', (name) => {
    expect(() => parseSwitchText(definitions, `${name}=1`)).toThrow('does not exist')
  })

  it('read every value of every switch from the command line', () => {
    for (const [name, definition] of Object.entries(definitions)) {
      const values = 'values' in definition ? (definition.values ?? []) : []
      for (const value of [definition.default, ...values])
        expect(parseSwitchText(definitions, `${name}=${value}`)).toEqual({ [name]: value })
    }
    expect(parseSwitchText(definitions, 'defaultClockToleranceSec=60')).toEqual({
      defaultClockToleranceSec: 60,
    })
  })

  it.each([
    'usersMeStatus',
    'usersMeStatus=',
    'usersMeStatus= 200',
    'defaultClockToleranceSec=1e2',
  ])('refuse the text %j', (text) => {
    expect(() => parseSwitchText(definitions, text)).toThrow('does not take this value')
  })

  it('tell what they take', () => {
    expect(expectedValues(definitions.defaultClockToleranceSec)).toBe(
      'a whole number from 0 to 3600',
    )
    expect(expectedValues(definitions.usersMeStatus)).toBe('301, 200')
  })
})
