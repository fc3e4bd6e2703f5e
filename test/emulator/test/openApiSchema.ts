import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2019, { type ErrorObject } from 'ajv/dist/2019';
import addFormats from 'ajv-formats';

/** Box's OpenAPI subset. It is Box's file and not part of this repository; it may lie beside it. */
export const SCHEMA_PATH = join(__dirname, '../../../../shared/box-oauth-openapi.json');

/** Formats that OpenAPI documents name for people: they say nothing that a string could break. */
const DESCRIPTIVE = ['digest', 'html', 'jwt', 'space_delimited_list', 'timezone', 'token', 'urn'];

type SchemaName = 'AccessToken' | 'OAuth2Error' | 'ClientError' | 'User' | 'User--Full';

/** What is wrong with a value; empty when it conforms. */
export type Validate = (schema: SchemaName, value: unknown) => ErrorObject[];

/** `nullable` says nothing in a schema without `type` (OpenAPI 3.0.3), and `ajv` refuses it there. */
const dropStrayNullable = (_key: string, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || 'type' in value || !('nullable' in value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== 'nullable'));
};

/** `ClientError.code` is an enumeration that real answers are known to exceed. */
function openErrorCodes(document: { components: { schemas: Record<string, unknown> } }): void {
  const clientError = document.components.schemas['ClientError'] as {
    properties: { code: { enum?: string[] } };
  };
  delete clientError.properties.code.enum;
}

/**
 * Reads Box's OpenAPI subset and gives a validator on its component schemas. In addition to what they say, a value
 * may have no property that its schema does not name: without that, an empty object would pass as an access token.
 */
export function loadSchemas(): Validate {
  const document = JSON.parse(readFileSync(SCHEMA_PATH, 'utf8'), dropStrayNullable) as {
    components: { schemas: Record<string, unknown> };
  };
  openErrorCodes(document);
  const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: true });
  addFormats(ajv);
  for (const format of DESCRIPTIVE) ajv.addFormat(format, true);
  ajv.addSchema(document, 'box');
  return (schema, value) => {
    const validate = ajv.compile({
      $ref: `box#/components/schemas/${schema}`,
      unevaluatedProperties: false,
    });
    return validate(value) ? [] : (validate.errors ?? []);
  };
}
