/** Whom an identity provider vouches for. */
export interface VouchedPerson {
  readonly subject: string
  readonly name: string
  readonly email: string
}
