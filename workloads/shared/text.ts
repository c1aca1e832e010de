// Patterns and not functions, so that they are in the OpenAPI document too. A lone surrogate is no character, and PostgreSQL
// keeps no NUL.

/** Text on one line. */
export const oneLine = /^[^\p{Cc}\p{Cs}]*$/u;
/** Text of any number of lines. */
export const lines = /^(?:[^\p{Cc}\p{Cs}]|[\n\r\t])*$/u;
