/** A person whom an identity provider has authenticated, by token or interactively. */
export interface AuthenticatedPerson {
  readonly subject: string
  readonly name: string
  readonly email: string
}

/** Somebody whom the stand-in for a company's identity provider knows. */
export interface Person extends AuthenticatedPerson {
  /** False: the identity provider knows them, the tenant does not let them in (AUTH-5). */
  readonly isMember: boolean
}

/** Who exists at the start; the page also takes a person that one types. */
export const people: readonly Person[] = [
  {
    subject: 'idp|katherine',
    name: 'Katherine Johnson',
    email: 'katherine@company.example',
    isMember: true,
  },
  { subject: 'idp|grace', name: 'Grace Hopper', email: 'grace@company.example', isMember: true },
  { subject: 'idp|alan', name: 'Alan Turing', email: 'alan@company.example', isMember: true },
  { subject: 'idp|guest', name: 'A guest', email: 'guest@elsewhere.example', isMember: false },
]
