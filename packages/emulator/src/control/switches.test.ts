import { describe, expect, it } from 'vitest'
import { type Switches, type SwitchName, switchDefinitions } from './switch-definitions.ts'
import { createSwitches, expectedValues, parseSwitches, parseSwitchText } from './switches.ts'

describe('the switches', () => {
  it('begin at their defaults, take changes, and go back to what they were started with', () => {
    const switches = createSwitches({ usersMeStatus: 200 })
    expect(switches.get()).toMatchObject({ usersMeStatus: 200, defaultClockToleranceSec: 5 })
    switches.set({ defaultClockToleranceSec: 0 })
    expect(switches.get().defaultClockToleranceSec).toBe(0)
    switches.reset()
    expect(switches.get()).toMatchObject({ usersMeStatus: 200, defaultClockToleranceSec: 5 })
  })

  it('hand out copies', () => {
    const switches = createSwitches()
    switches.get().usersMeStatus = 200
    expect(switches.get().usersMeStatus).toBe(301)
  })

  it('change nothing when one of several changes is wrong', () => {
    const switches = createSwitches()
    const changes = { usersMeStatus: 200, webSocketRefusal: 'sometimes' } as unknown
    expect(() => switches.set(changes as Partial<Switches>)).toThrow(
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
    ['preflight', null],
  ])('refuse %s = %j', (name, value) => {
    expect(() => parseSwitches({ [name]: value })).toThrow('does not take this value')
  })

  it.each(['usersMeStatis', 'USERSMESTATUS'])('suggest a name for %s', (name) => {
    expect(() => parseSwitches({ [name]: 200 })).toThrow(
      expect.objectContaining({
        code: 'ERR_EMULATOR_SWITCH_NAME',
        hint: 'Did you mean usersMeStatus?',
      }),
    )
  })

  it.each(['__proto__', 'constructor', 'toString'])('know no switch %s', (name) => {
    expect(() => parseSwitchText(`${name}=1`)).toThrow('There is no switch')
  })

  it('read every value of every switch from the command line', () => {
    for (const [name, definition] of Object.entries(switchDefinitions)) {
      const values = 'values' in definition ? (definition.values ?? []) : []
      for (const value of [definition.default, ...values])
        expect(parseSwitchText(`${name}=${value}`)).toEqual({ [name]: value })
    }
    expect(parseSwitchText('defaultClockToleranceSec=60')).toEqual({ defaultClockToleranceSec: 60 })
  })

  it.each([
    'usersMeStatus',
    'usersMeStatus=',
    'usersMeStatus= 200',
    'defaultClockToleranceSec=1e2',
  ])('refuse the text %j', (text) => {
    expect(() => parseSwitchText(text)).toThrow('does not take this value')
  })

  it('tell what they take, and each says what is unknown', () => {
    expect(expectedValues('defaultClockToleranceSec')).toBe('a whole number from 0 to 3600')
    for (const name of Object.keys(switchDefinitions) as SwitchName[])
      expect(switchDefinitions[name].fact.length).toBeGreaterThan(20)
  })
})
