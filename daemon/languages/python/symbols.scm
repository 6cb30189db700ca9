; SPDX-License-Identifier: GPL-3.0-or-later
; Python: which nodes declare, which open a scope, which refer to something.

(function_definition) @definition.function @scope.function
(class_definition) @definition.class @scope.class
(lambda) @definition.lambda @scope.function
(type_alias_statement) @definition.type @scope
(assignment) @definition.variable
[(parameters) (lambda_parameters) (type_parameter)] @visit
[(for_statement) (for_in_clause) (as_pattern) (named_expression) (case_clause)] @visit
[(global_statement) (nonlocal_statement) (augmented_assignment)] @visit
[(list_comprehension) (set_comprehension) (dictionary_comprehension) (generator_expression)] @scope

[(import_statement) (import_from_statement)] @import

(call) @reference.call
(decorator) @reference.call
(attribute) @reference
(identifier) @reference
