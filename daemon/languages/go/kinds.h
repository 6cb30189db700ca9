/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nodes and fields that this front-end tells apart, by their names in the grammar of Go. */
#pragma once

#include "syntax/language.h"

#define KINDS(K)                                                                                   \
        K(SOURCE_FILE, "source_file")                                                              \
        K(PACKAGE_CLAUSE, "package_clause")                                                        \
        K(PACKAGE_IDENTIFIER, "package_identifier")                                                \
        K(IMPORT_SPEC, "import_spec")                                                              \
        K(DOT, "dot")                                                                              \
        K(BLANK_IDENTIFIER, "blank_identifier")                                                    \
        K(FUNCTION_DECLARATION, "function_declaration")                                            \
        K(METHOD_DECLARATION, "method_declaration")                                                \
        K(METHOD_ELEM, "method_elem")                                                              \
        K(TYPE_ELEM, "type_elem")                                                                  \
        K(FUNC_LITERAL, "func_literal")                                                            \
        K(FUNCTION_TYPE, "function_type")                                                          \
        K(TYPE_DECLARATION, "type_declaration")                                                    \
        K(TYPE_SPEC, "type_spec")                                                                  \
        K(TYPE_ALIAS, "type_alias")                                                                \
        K(STRUCT_TYPE, "struct_type")                                                              \
        K(INTERFACE_TYPE, "interface_type")                                                        \
        K(FIELD_DECLARATION_LIST, "field_declaration_list")                                        \
        K(FIELD_DECLARATION, "field_declaration")                                                  \
        K(CONST_DECLARATION, "const_declaration")                                                  \
        K(CONST_SPEC, "const_spec")                                                                \
        K(VAR_DECLARATION, "var_declaration")                                                      \
        K(VAR_SPEC_LIST, "var_spec_list")                                                          \
        K(VAR_SPEC, "var_spec")                                                                    \
        K(PARAMETER_LIST, "parameter_list")                                                        \
        K(PARAMETER_DECLARATION, "parameter_declaration")                                          \
        K(VARIADIC_PARAMETER, "variadic_parameter_declaration")                                    \
        K(TYPE_PARAMETER_LIST, "type_parameter_list")                                              \
        K(TYPE_PARAMETER_DECLARATION, "type_parameter_declaration")                                \
        K(TYPE_CONSTRAINT, "type_constraint")                                                      \
        K(SHORT_VAR_DECLARATION, "short_var_declaration")                                          \
        K(ASSIGNMENT_STATEMENT, "assignment_statement")                                            \
        K(RANGE_CLAUSE, "range_clause")                                                            \
        K(RECEIVE_STATEMENT, "receive_statement")                                                  \
        K(BLOCK, "block")                                                                          \
        K(STATEMENT_LIST, "statement_list")                                                        \
        K(IF_STATEMENT, "if_statement")                                                            \
        K(FOR_STATEMENT, "for_statement")                                                          \
        K(EXPRESSION_SWITCH_STATEMENT, "expression_switch_statement")                              \
        K(SELECT_STATEMENT, "select_statement")                                                    \
        K(EXPRESSION_CASE, "expression_case")                                                      \
        K(COMMUNICATION_CASE, "communication_case")                                                \
        K(TYPE_SWITCH_STATEMENT, "type_switch_statement")                                          \
        K(TYPE_CASE, "type_case")                                                                  \
        K(DEFAULT_CASE, "default_case")                                                            \
        K(EXPRESSION_LIST, "expression_list")                                                      \
        K(CALL_EXPRESSION, "call_expression")                                                      \
        K(ARGUMENT_LIST, "argument_list")                                                          \
        K(VARIADIC_ARGUMENT, "variadic_argument")                                                  \
        K(TYPE_ARGUMENTS, "type_arguments")                                                        \
        K(SELECTOR_EXPRESSION, "selector_expression")                                              \
        K(INDEX_EXPRESSION, "index_expression")                                                    \
        K(SLICE_EXPRESSION, "slice_expression")                                                    \
        K(TYPE_INSTANTIATION, "type_instantiation_expression")                                     \
        K(TYPE_ASSERTION, "type_assertion_expression")                                             \
        K(TYPE_CONVERSION, "type_conversion_expression")                                           \
        K(COMPOSITE_LITERAL, "composite_literal")                                                  \
        K(LITERAL_VALUE, "literal_value")                                                          \
        K(LITERAL_ELEMENT, "literal_element")                                                      \
        K(KEYED_ELEMENT, "keyed_element")                                                          \
        K(UNARY_EXPRESSION, "unary_expression")                                                    \
        K(BINARY_EXPRESSION, "binary_expression")                                                  \
        K(PARENTHESIZED_EXPRESSION, "parenthesized_expression")                                    \
        K(IDENTIFIER, "identifier")                                                                \
        K(FIELD_IDENTIFIER, "field_identifier")                                                    \
        K(TYPE_IDENTIFIER, "type_identifier")                                                      \
        K(QUALIFIED_TYPE, "qualified_type")                                                        \
        K(GENERIC_TYPE, "generic_type")                                                            \
        K(POINTER_TYPE, "pointer_type")                                                            \
        K(PARENTHESIZED_TYPE, "parenthesized_type")                                                \
        K(NEGATED_TYPE, "negated_type")                                                            \
        K(SLICE_TYPE, "slice_type")                                                                \
        K(ARRAY_TYPE, "array_type")                                                                \
        K(IMPLICIT_LENGTH_ARRAY_TYPE, "implicit_length_array_type")                                \
        K(MAP_TYPE, "map_type")                                                                    \
        K(CHANNEL_TYPE, "channel_type")                                                            \
        K(INT_LITERAL, "int_literal")                                                              \
        K(FLOAT_LITERAL, "float_literal")                                                          \
        K(RUNE_LITERAL, "rune_literal")                                                            \
        K(IOTA, "iota")                                                                            \
        K(TRUE_LITERAL, "true")                                                                    \
        K(FALSE_LITERAL, "false")                                                                  \
        K(STRING_LITERAL, "interpreted_string_literal")                                            \
        K(RAW_STRING_LITERAL, "raw_string_literal")                                                \
        K(T_RECEIVE, "'<-'")                                                                       \
        K(T_AND, "'&'")                                                                            \
        K(T_STAR, "'*'")                                                                           \
        K(T_NOT, "'!'")                                                                            \
        K(T_DEFINE, "':='")                                                                        \
        K(T_EQUAL, "'=='")                                                                         \
        K(T_UNEQUAL, "'!='")                                                                       \
        K(T_LESS, "'<'")                                                                           \
        K(T_LESS_EQUAL, "'<='")                                                                    \
        K(T_GREATER, "'>'")                                                                        \
        K(T_GREATER_EQUAL, "'>='")                                                                 \
        K(T_BOTH, "'&&'")                                                                          \
        K(T_EITHER, "'||'")

#define FIELDS(F)                                                                                  \
        F(NAME, "name")                                                                            \
        F(BODY, "body")                                                                            \
        F(TYPE, "type")                                                                            \
        F(VALUE, "value")                                                                          \
        F(PARAMETERS, "parameters")                                                                \
        F(RESULT, "result")                                                                        \
        F(RECEIVER, "receiver")                                                                    \
        F(TYPE_PARAMETERS, "type_parameters")                                                      \
        F(TYPE_ARGUMENTS, "type_arguments")                                                        \
        F(PACKAGE, "package")                                                                      \
        F(PATH, "path")                                                                            \
        F(ELEMENT, "element")                                                                      \
        F(KEY, "key")                                                                              \
        F(LEFT, "left")                                                                            \
        F(RIGHT, "right")                                                                          \
        F(OPERATOR, "operator")                                                                    \
        F(OPERAND, "operand")                                                                      \
        F(FIELD, "field")                                                                          \
        F(FUNCTION, "function")                                                                    \
        F(ARGUMENTS, "arguments")                                                                  \
        F(INDEX, "index")                                                                          \
        F(ALIAS, "alias")                                                                          \
        F(LABEL, "label")                                                                          \
        F(INITIALIZER, "initializer")

#define KIND_NUMBER(name, text)  name,
#define FIELD_NUMBER(name, text) FIELD_##name,
enum { BEFORE_KINDS = NODE_KINDS - 1, KINDS(KIND_NUMBER) };
enum { NO_FIELD, FIELDS(FIELD_NUMBER) };
