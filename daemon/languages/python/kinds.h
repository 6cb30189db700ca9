/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nodes and fields that this front-end tells apart, by their names in the grammar of Python. */
#pragma once

#include "syntax/language.h"

#define KINDS(K)                                                                                   \
        K(MODULE, "module")                                                                        \
        K(FUNCTION_DEFINITION, "function_definition")                                              \
        K(CLASS_DEFINITION, "class_definition")                                                    \
        K(DECORATED_DEFINITION, "decorated_definition")                                            \
        K(DECORATOR, "decorator")                                                                  \
        K(BLOCK, "block")                                                                          \
        K(PARAMETERS, "parameters")                                                                \
        K(LAMBDA_PARAMETERS, "lambda_parameters")                                                  \
        K(LAMBDA, "lambda")                                                                        \
        K(DEFAULT_PARAMETER, "default_parameter")                                                  \
        K(TYPED_PARAMETER, "typed_parameter")                                                      \
        K(TYPED_DEFAULT_PARAMETER, "typed_default_parameter")                                      \
        K(LIST_SPLAT_PATTERN, "list_splat_pattern")                                                \
        K(DICTIONARY_SPLAT_PATTERN, "dictionary_splat_pattern")                                    \
        K(TUPLE_PATTERN, "tuple_pattern")                                                          \
        K(LIST_PATTERN, "list_pattern")                                                            \
        K(PATTERN_LIST, "pattern_list")                                                            \
        K(TYPE_NODE, "type")                                                                       \
        K(TYPE_PARAMETER, "type_parameter")                                                        \
        K(GENERIC_TYPE, "generic_type")                                                            \
        K(UNION_TYPE, "union_type")                                                                \
        K(CONSTRAINED_TYPE, "constrained_type")                                                    \
        K(TYPE_ALIAS_STATEMENT, "type_alias_statement")                                            \
        K(IMPORT_STATEMENT, "import_statement")                                                    \
        K(IMPORT_FROM_STATEMENT, "import_from_statement")                                          \
        K(ALIASED_IMPORT, "aliased_import")                                                        \
        K(DOTTED_NAME, "dotted_name")                                                              \
        K(RELATIVE_IMPORT, "relative_import")                                                      \
        K(WILDCARD_IMPORT, "wildcard_import")                                                      \
        K(ASSIGNMENT, "assignment")                                                                \
        K(AUGMENTED_ASSIGNMENT, "augmented_assignment")                                            \
        K(NAMED_EXPRESSION, "named_expression")                                                    \
        K(GLOBAL_STATEMENT, "global_statement")                                                    \
        K(NONLOCAL_STATEMENT, "nonlocal_statement")                                                \
        K(FOR_STATEMENT, "for_statement")                                                          \
        K(FOR_IN_CLAUSE, "for_in_clause")                                                          \
        K(WHILE_STATEMENT, "while_statement")                                                      \
        K(AS_PATTERN, "as_pattern")                                                                \
        K(AS_PATTERN_TARGET, "as_pattern_target")                                                  \
        K(IF_STATEMENT, "if_statement")                                                            \
        K(ELIF_CLAUSE, "elif_clause")                                                              \
        K(EXCEPT_CLAUSE, "except_clause")                                                          \
        K(CASE_CLAUSE, "case_clause")                                                              \
        K(IF_CLAUSE, "if_clause")                                                                  \
        K(CASE_PATTERN, "case_pattern")                                                            \
        K(CLASS_PATTERN, "class_pattern")                                                          \
        K(SPLAT_PATTERN, "splat_pattern")                                                          \
        K(KEYWORD_PATTERN, "keyword_pattern")                                                      \
        K(RETURN_STATEMENT, "return_statement")                                                    \
        K(YIELD, "yield")                                                                          \
        K(EXPRESSION_STATEMENT, "expression_statement")                                            \
        K(EXPRESSION_LIST, "expression_list")                                                      \
        K(CALL, "call")                                                                            \
        K(ARGUMENT_LIST, "argument_list")                                                          \
        K(KEYWORD_ARGUMENT, "keyword_argument")                                                    \
        K(LIST_SPLAT, "list_splat")                                                                \
        K(DICTIONARY_SPLAT, "dictionary_splat")                                                    \
        K(ATTRIBUTE, "attribute")                                                                  \
        K(SUBSCRIPT, "subscript")                                                                  \
        K(SLICE, "slice")                                                                          \
        K(IDENTIFIER, "identifier")                                                                \
        K(STRING, "string")                                                                        \
        K(STRING_CONTENT, "string_content")                                                        \
        K(CONCATENATED_STRING, "concatenated_string")                                              \
        K(INTEGER, "integer")                                                                      \
        K(FLOAT, "float")                                                                          \
        K(TRUE_LITERAL, "true")                                                                    \
        K(FALSE_LITERAL, "false")                                                                  \
        K(LIST_DISPLAY, "list")                                                                    \
        K(TUPLE_DISPLAY, "tuple")                                                                  \
        K(DICTIONARY, "dictionary")                                                                \
        K(SET_DISPLAY, "set")                                                                      \
        K(PAIR, "pair")                                                                            \
        K(LIST_COMPREHENSION, "list_comprehension")                                                \
        K(SET_COMPREHENSION, "set_comprehension")                                                  \
        K(DICTIONARY_COMPREHENSION, "dictionary_comprehension")                                    \
        K(GENERATOR_EXPRESSION, "generator_expression")                                            \
        K(PARENTHESIZED_EXPRESSION, "parenthesized_expression")                                    \
        K(CONDITIONAL_EXPRESSION, "conditional_expression")                                        \
        K(BOOLEAN_OPERATOR, "boolean_operator")                                                    \
        K(NOT_OPERATOR, "not_operator")                                                            \
        K(COMPARISON_OPERATOR, "comparison_operator")                                              \
        K(BINARY_OPERATOR, "binary_operator")                                                      \
        K(UNARY_OPERATOR, "unary_operator")                                                        \
        K(AWAIT, "await")                                                                          \
        K(T_FROM, "'from'")                                                                        \
        K(T_ASYNC, "'async'")                                                                      \
        K(T_OR, "'or'")                                                                            \
        K(T_AND, "'and'")

#define FIELDS(F)                                                                                  \
        F(NAME, "name")                                                                            \
        F(BODY, "body")                                                                            \
        F(VALUE, "value")                                                                          \
        F(TYPE, "type")                                                                            \
        F(RETURN_TYPE, "return_type")                                                              \
        F(PARAMETERS, "parameters")                                                                \
        F(SUPERCLASSES, "superclasses")                                                            \
        F(LEFT, "left")                                                                            \
        F(RIGHT, "right")                                                                          \
        F(OBJECT, "object")                                                                        \
        F(ATTRIBUTE, "attribute")                                                                  \
        F(FUNCTION, "function")                                                                    \
        F(ARGUMENTS, "arguments")                                                                  \
        F(KEY, "key")                                                                              \
        F(ALIAS, "alias")                                                                          \
        F(MODULE_NAME, "module_name")                                                              \
        F(CONDITION, "condition")                                                                  \
        F(CONSEQUENCE, "consequence")                                                              \
        F(SUBSCRIPT, "subscript")                                                                  \
        F(TYPE_PARAMETERS, "type_parameters")

#define KIND_NUMBER(name, text)  name,
#define FIELD_NUMBER(name, text) FIELD_##name,
enum { BEFORE_KINDS = NODE_KINDS - 1, KINDS(KIND_NUMBER) };
enum { NO_FIELD, FIELDS(FIELD_NUMBER) };
