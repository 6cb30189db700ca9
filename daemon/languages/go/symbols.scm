; SPDX-License-Identifier: GPL-3.0-or-later
; Go: which nodes declare, which open a scope, which refer to something.

(function_declaration) @definition.function @scope.function
[(method_declaration) (method_elem)] @definition.method @scope.function
[(func_literal) (function_type)] @definition.lambda @scope.function
(type_spec) @definition.type @scope
(type_alias) @definition.type @scope
[(struct_type) (interface_type)] @definition.record @scope
(field_declaration) @definition.field
(const_spec) @definition.constant
(var_spec) @definition.variable
[(parameter_declaration) (variadic_parameter_declaration)] @definition.parameter
(type_parameter_declaration) @definition.type_parameter
[(short_var_declaration) (range_clause) (receive_statement)] @visit
[(block) (if_statement) (for_statement) (expression_switch_statement) (select_statement)] @scope
[(expression_case) (communication_case)] @scope
(type_switch_statement) @visit @scope
[(type_case) (default_case)] @visit @scope

(import_spec) @import

[(call_expression) (type_conversion_expression)] @reference.call
[(identifier) (type_identifier)] @reference
(selector_expression) @reference
(keyed_element) @reference
