import { describe, expect, it } from 'vitest'
import { toldOfUser } from '../product-facts.ts'
import { differencesOf } from './differences.ts'

const group = (name: string, providerType?: string) => ({
  id: name,
  name,
  ...(providerType === undefined ? {} : { providerType }),
})
const user = {
  id: 'u1',
  subject: '42',
  name: 'Ada',
  email: 'ada@acme.example',
  assignedGroups: [group('sales', 'idp'), group('board', 'custom'), group('old')],
  assignedRoles: [],
}
const said = {
  subject: '42',
  directory: null,
  name: 'Ada',
  email: 'Ada@ACME.example',
  groups: ['sales'],
}
const { compared } = toldOfUser.cloud

describe('what Qlik has otherwise than the token said', () => {
  it.each([
    [{}, []],
    [{ name: null, email: null }, []],
    [{ groups: ['sales', 'board'] }, []],
    [{ subject: '43' }, ['subject']],
    [{ subject: null }, ['subject']],
    [{ name: 'ada' }, ['name']],
    [{ email: 'b@acme.example' }, ['email']],
    [{ email: 7 }, ['email']],
    [{ groups: [] }, ['groups']],
    [{ groups: ['sales', 'press'] }, ['groups']],
    [{ groups: ['Sales'] }, ['groups']],
    [{ subject: 1, name: 2, groups: [3] }, ['subject', 'name', 'groups']],
  ])('with %j is %j', (change, differences) => {
    expect(differencesOf({ ...said, ...change }, user, compared)).toEqual(differences)
  })

  it('is nothing when no token is there', () => {
    expect(differencesOf(null, user, compared)).toEqual([])
  })

  it('is an e-mail address that Qlik does not have', () => {
    const { email: _, ...without } = user
    expect(differencesOf(said, without, compared)).toEqual(['email'])
  })

  it('is user ID or directory at client-managed Qlik, which takes no notice of case', () => {
    const told = { ...user, id: 'ACME\\ada', subject: 'ada', directory: 'ACME', name: 'Ada L' }
    const differences = (subject: string, directory: unknown) =>
      differencesOf({ ...said, subject, directory }, told, toldOfUser['client-managed'].compared)
    expect(differences('Ada', 'acme')).toEqual([])
    expect(differences('eve', 'OTHER')).toEqual(['subject', 'directory'])
    expect(differences('ada', null)).toEqual(['directory'])
  })
})
