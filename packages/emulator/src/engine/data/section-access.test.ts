import { describe, expect, it } from 'vitest'
import { makeUser } from '../testing/engine-server.ts'
import { accessFingerprint, parseSectionAccess, tableForUser } from './section-access.ts'
import { createTableBuilder } from './table.ts'

const builder = createTableBuilder('sales', ['Region', 'Product', 'Amount'])
builder.addRow(['North', 'Tea', 1])
builder.addRow(['North', 'Ale', 2])
builder.addRow(['South', 'Tea', 4])
builder.addRow(['East', 'Ale', 8])
builder.addRow([null, 'Tea', 16])
const table = builder.finish()

/** The sum of the amounts that a user sees; each row is another power of two, so it tells the rows. */
function seen(access: string, user: Parameters<typeof makeUser>[0]): number | 'denied' {
  const reduced = tableForUser(table, parseSectionAccess(access), makeUser(user))
  if (reduced === undefined) return 'denied'
  const amount = reduced.field('Amount')
  return [...(amount?.numbers ?? [])].reduce((sum, number) => sum + number, 0)
}

describe('section access', () => {
  it('shows the union of the rows that a user’s groups give', () => {
    const access = 'ACCESS,GROUP,REGION\nUSER,north,North\nUSER,south,South\n'
    expect(seen(access, { groups: ['north'] })).toBe(3)
    expect(seen(access, { groups: ['north', 'south'] })).toBe(7)
  })

  it('denies the app to a user whom no row is for', () => {
    const access = 'ACCESS,GROUP,REGION\nUSER,north,North\n'
    expect(seen(access, { groups: ['south'] })).toBe('denied')
    expect(seen(access, { groups: [] })).toBe('denied')
    expect(seen(access, { groups: [], isAdmin: true })).toBe('denied')
  })

  it('denies it also when the values listed are nowhere in the data', () => {
    expect(seen('ACCESS,GROUP,REGION\nUSER,west,West\n', { groups: ['west'] })).toBe('denied')
    expect(seen('ACCESS,GROUP,REGION\nUSER,none,\n', { groups: ['none'] })).toBe('denied')
  })

  it('compares names and values in upper case', () => {
    const access = 'access,group,region\nuser,NORTH,nOrTh\n'
    expect(seen(access, { groups: ['North'] })).toBe(3)
  })

  it('takes * for the values listed in the column, not for all of the data', () => {
    const access = 'ACCESS,GROUP,REGION\nADMIN,all,*\nUSER,n,North\nUSER,s,South\n'
    expect(seen(access, { groups: ['all'] })).toBe(7)
  })

  it('asks every identity column that is given, and takes * for anyone', () => {
    const access =
      'ACCESS,USERID,USER.EMAIL,GROUP,REGION\nUSER,ada,*,north,North\nUSER,*,eve@x.example,,South\n'
    expect(seen(access, { subject: 'Ada', groups: ['north'] })).toBe(3)
    expect(seen(access, { subject: 'bob', groups: ['north'] })).toBe('denied')
    expect(seen(access, { subject: 'ada', groups: [] })).toBe('denied')
    expect(seen(access, { subject: 'x', email: 'EVE@x.example' })).toBe(4)
  })

  it('compares USER.NAME with the name, and NTNAME with what USERID is compared with', () => {
    const access =
      'ACCESS,USER.NAME,NTNAME,REGION\nUSER,Ada Lovelace,*,North\nUSER,*,ACME\\EVE,South\n'
    expect(seen(access, { name: 'ada lovelace' })).toBe(3)
    expect(seen(access, { name: 'Eve', subject: 'ACME\\eve' })).toBe(4)
    expect(seen(access, { name: 'Eve', subject: 'OTHER\\eve' })).toBe('denied')
  })

  it('gives nobody a row whose identity cells are all empty', () => {
    expect(seen('ACCESS,GROUP,REGION\nUSER,,North\n', { groups: [''] })).toBe('denied')
  })

  it('asks every reduction field within one row', () => {
    const access = 'ACCESS,GROUP,REGION,PRODUCT\nUSER,a,North,Tea\nUSER,a,East,Ale\n'
    expect(seen(access, { groups: ['a'] })).toBe(9)
  })

  it('shows everything where no field reduces', () => {
    expect(seen('ACCESS,GROUP\nUSER,a\n', { groups: ['a'] })).toBe(31)
  })

  it('tells two users apart exactly when other rows are theirs', () => {
    const access = parseSectionAccess('ACCESS,GROUP,REGION\nUSER,a,North\nUSER,b,South\n')
    const of = (...groups: string[]) => accessFingerprint(access, makeUser({ groups }))
    expect(of('a')).toBe(of('a', 'unknown'))
    expect(of('a')).not.toBe(of('a', 'b'))
  })

  it.each([
    ['GROUP\nx\n', 'section access:1: there is no column ACCESS'],
    ['ACCESS,REGION\nUSER,x\n', 'section access:1: no column tells who is meant'],
    ['ACCESS,GROUP,GROUP\nUSER,x,y\n', 'section access:1: GROUP stands twice'],
    ['ACCESS,GROUP,OMIT\nUSER,x,y\n', 'section access:1: OMIT is not supported'],
    ['ACCESS,GROUP\nOWNER,x\n', 'section access:2: ACCESS is "OWNER"'],
    ['', 'section access: it is empty'],
  ])('refuses %j and says where', (text, message) => {
    expect(() => parseSectionAccess(text)).toThrow(message)
  })
})
