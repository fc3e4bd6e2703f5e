/** Whether an enterprise ID is what Box writes for an account without an enterprise: such an app has no service account. */
export function isNoEnterprise(enterpriseId: string): boolean {
  return /^0+$/.test(enterpriseId.trim());
}
