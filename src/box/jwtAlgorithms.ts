/** The signatures of assertions that Box accepts (RFC 7518 §3.3; Box guide: authentication/jwt/without-sdk). */
export const JWT_ALGORITHMS = ['RS256', 'RS384', 'RS512'] as const;

/** One of {@link JWT_ALGORITHMS}. */
export type JwtAlgorithm = (typeof JWT_ALGORITHMS)[number];
